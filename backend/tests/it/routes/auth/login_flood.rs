//! `POST /api/v1/auth/login` with many wrong passwords, against the real binary: its memory use as
//! reported by the operating system, and its log.

use crate::util::{
    json,
    process::{Process, furnished},
};
use std::{fs, process::Stdio};

const NETWORKS: usize = 100;
const GUESSES_PER_NETWORK: usize = 10;
/// The released binary may use 80 MiB, of which 20 MiB are code. A debug build's code is several
/// times as large, so only the remaining memory is compared.
const MAX_ALLOCATED_KB: u64 = 60 * 1024;
const WRONG_PASSWORD: &str = "not-the-password-at-all";

/// Returns the resident memory of a process without file-backed pages, in kilobytes.
fn allocated_kb(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("reads /proc");
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let number = number.and_then(|kb| kb.parse().ok());
    number.expect("the process has a size")
}

#[cfg(target_os = "linux")]
#[test]
fn login_401_a_thousand_times_takes_little_memory_and_few_log_lines() {
    let place = furnished();
    let path = place.dir().join("server.log");
    let log = fs::File::create(&path).expect("creates the log");
    let mut server = Process::start_with(&place, |command| {
        let log_too = log.try_clone().expect("is a file");
        command
            .args(["--trusted-proxy", "127.0.0.1/32"])
            .env("PENGUINMAILS_LOG", "info")
            .stdout(Stdio::from(log))
            .stderr(Stdio::from(log_too))
    });
    let guess = |network: usize| {
        let email = if network == 0 {
            "owner@acme.test".to_owned()
        } else {
            format!("{WRONG_PASSWORD}-{network}@acme.test")
        };
        let form = json!({"email": email, "password": WRONG_PASSWORD});
        let request = server
            .request("POST", "/api/v1/auth/login")
            .header("X-Forwarded-For", &format!("203.0.113.{network}"));
        request.json(&form).send().problem(401, "wrong_credentials");
    };
    std::thread::scope(|scope| {
        for first in 0..4 {
            let guess = &guess;
            scope.spawn(move || {
                for network in (first..NETWORKS).step_by(4) {
                    (0..GUESSES_PER_NETWORK).for_each(|_| guess(network));
                }
            });
        }
    });
    let allocated = allocated_kb(server.child.id());
    println!("allocated after the flood: {allocated} kB");
    assert!(allocated <= MAX_ALLOCATED_KB, "{allocated} kB");

    server.kill();
    let log = fs::read_to_string(&path).expect("reads the log");
    let rejected: Vec<_> = log
        .lines()
        .filter(|line| line.contains("session.login_failed") && !line.contains("repeats"))
        .collect();
    // One entry for each network, or two if a minute passed meanwhile.
    assert!((NETWORKS..=2 * NETWORKS).contains(&rejected.len()), "{log}");
    assert!(log.contains("owner@acme.test") && log.contains("203.0.113.99"));
    assert!(!log.contains(WRONG_PASSWORD), "{log}");
}
