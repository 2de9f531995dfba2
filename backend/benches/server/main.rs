//! The server as a process: start-up time, memory use, and the delay until it sees changes made
//! by another process. Prints results without asserting anything.
//!
//! `cargo bench -p backend --bench server -- memory` measures only subjects with this text in
//! their name. Uses SQLite, and reads memory use from Linux's /proc.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

#[expect(dead_code, reason = "the gateway's benchmark needs more of it")]
#[path = "../gateway/load.rs"]
mod load;

use load::Target;
use std::{
    io::Write,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

const KEYS: usize = 1000;
const STARTS: usize = 9;
const REVOCATIONS: usize = 20;
/// Number of requests during which memory use must not grow much.
const REQUESTS: usize = 10_000_000;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    // cargo passes --bench, and `cargo test --benches` passes --test.
    if arguments.iter().any(|argument| argument == "--test") {
        return;
    }
    let wanted = |name: &str| {
        let mut parts = arguments.iter().filter(|part| !part.starts_with("--"));
        parts.clone().next().is_none() || parts.any(|part| name.contains(&**part))
    };
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let keys = furnish(data);
    if wanted("ready") {
        let mut took: Vec<_> = (0..STARTS)
            .map(|_| Server::start(data).ready_after)
            .collect();
        took.sort_unstable();
        print("ready after the start", took[STARTS / 2].as_millis(), "ms");
    }
    if wanted("revoke") {
        print_revocations(data, &keys[KEYS..]);
    }
    let server = Server::start(data);
    let target = Target::new("memory", server.addr, &keys[..KEYS]);
    let (_, ok) = target.once();
    assert_eq!(ok, KEYS, "every key works");
    let after_keys = server.resident_kib();
    if wanted("memory") {
        print("resident, 1000 keys in use", after_keys / 1024, "MiB");
    }
    if wanted("growth") {
        target.times(REQUESTS);
        let growth = server.resident_kib() * 100 / after_keys;
        print("resident, 10 million requests later", growth, "% of that");
    }
}

fn print(what: &str, figure: impl std::fmt::Display, unit: &str) {
    println!("{what:<40}{figure:>8} {unit}");
}

/// Measures how long another process still accepts a key after the response to its revocation.
fn print_revocations(data: &Path, keys: &[String]) {
    let (here, there) = (Server::start(data), Server::start(data));
    let (managing, victims) = keys.split_last().unwrap();
    let call = |server: &Server, method: &str, path: &str, key: &str| {
        let url = format!("http://{}{path}", server.addr);
        let request = ureq::http::Request::builder().method(method).uri(url);
        let request = request.header("Authorization", format!("Bearer {key}"));
        let request = request.body(()).unwrap();
        ureq::Agent::run(&agent(), request)
            .unwrap()
            .status()
            .as_u16()
    };
    let longest = victims.iter().map(|key| {
        assert_eq!(call(&there, "GET", "/v1/whoami", key), 200);
        let path = format!("/api/v1/platform/api-keys/key_{}", &key[8..20]);
        assert_eq!(call(&here, "DELETE", &path, managing), 200);
        let answered = Instant::now();
        while call(&there, "GET", "/v1/whoami", key) == 200 {}
        answered.elapsed()
    });
    let longest = longest.max().unwrap_or_default().as_millis();
    print("revoked for another process after", longest, "ms at most");
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.build().into()
}

/// Builds a command that runs the real binary on this data directory.
fn penguinmails(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_penguinmails"));
    command.args(arguments).arg("--data-dir").arg(data);
    command.env("PENGUINMAILS_LOG", "warn");
    command.stdout(Stdio::null());
    command
}

/// Creates a company with practically unlimited rates. Returns its keys: [`KEYS`] of them, then
/// [`REVOCATIONS`] more, then one that may manage the others.
fn furnish(data: &Path) -> Vec<String> {
    let admin = |arguments: &str| {
        let arguments: Vec<_> = arguments.split(' ').collect();
        let mut child = penguinmails(data, &arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        // Fails for commands that do not read the password.
        let _ = writeln!(input, "correct horse battery");
        drop(input);
        assert!(child.wait().unwrap().success(), "{arguments:?}");
    };
    admin("admin create-user --email owner@bench.test --role owner --tenant bench");
    admin("admin set-limits --tenant bench --rate-per-minute 100000000 --burst 100000000");
    let mut keys = Vec::new();
    for (count, scope) in [(KEYS + REVOCATIONS, "contacts:read"), (1, "admin:full")] {
        let out = data.join(scope);
        let (out, flags) = (out.to_str().unwrap(), "--tenant bench --environment live");
        admin(&format!(
            "admin create-keys {flags} --count {count} --scopes {scope} --out {out}"
        ));
        let texts = std::fs::read_to_string(out).unwrap();
        keys.extend(texts.lines().map(str::to_owned));
    }
    keys
}

/// A running server, killed on drop.
struct Server {
    child: Child,
    addr: SocketAddr,
    ready_after: Duration,
}

impl Server {
    fn start(data: &Path) -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let addr = free.local_addr().unwrap();
        drop(free);
        let began = Instant::now();
        let mut command = penguinmails(data, &["serve", "--addr", &addr.to_string()]);
        let child = command.spawn().unwrap();
        let url = format!("http://{addr}/readyz");
        while agent().get(&url).call().is_err() {
            sleep(Duration::from_millis(1));
        }
        Self {
            child,
            addr,
            ready_after: began.elapsed(),
        }
    }

    fn resident_kib(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.map_or(0, |number| number.parse().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
