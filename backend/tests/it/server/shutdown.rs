//! The real binary, stopped with SIGTERM.

use crate::util::{
    eventually,
    process::{KEYS, Process, furnished},
};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

#[cfg(unix)]
#[test]
fn sigterm_under_load_stops_in_time_and_counts_every_response() {
    let place = furnished();
    let mut server = Process::start(&place);
    let cookie = server.owner();
    let created = server.create_key(&cookie);
    let key = created["api_key"].as_str().unwrap().to_owned();

    // Simulates an open dashboard.
    let mut events = TcpStream::connect(server.addr).unwrap();
    events
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let request = format!(
        "GET /api/v1/tenant/live HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n",
        server.addr
    );
    events.write_all(request.as_bytes()).unwrap();
    let mut events = BufReader::new(events);
    let mut line = String::new();
    events.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");

    let answered = AtomicU64::new(0);
    let pid = server.child.id().to_string();
    std::thread::scope(|scope| {
        let load = || {
            scope.spawn(|| {
                while let Ok(answer) = server.whoami(&key) {
                    answer.expect(200);
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            });
        };
        (0..4).for_each(|_| load());
        eventually(|| (answered.load(Ordering::SeqCst) > 500).then_some(()));
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
    });
    // The server accepts no more connections, and the stream ended cleanly.
    let mut rest = Vec::new();
    let ended = events.read_to_end(&mut rest);
    let mut exited = None;
    for _ in 0..600 {
        exited = server.child.try_wait().unwrap();
        if exited.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(
        exited.is_some_and(|status| status.success()),
        "{exited:?} within 12 s"
    );
    assert!(ended.is_ok() && rest.ends_with(b"0\r\n\r\n"), "{ended:?}");

    let server = Process::start(&place);
    let path = format!("{KEYS}/{}", created["key"]["id"].as_str().unwrap());
    let view = server
        .request("GET", &path)
        .header("Cookie", &cookie)
        .send()
        .expect(200);
    assert_eq!(view["usage"]["total_requests"], answered.into_inner());
    assert_eq!(view["usage"]["error_rate"], 0.0);
}
