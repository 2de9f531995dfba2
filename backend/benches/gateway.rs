//! The gateway's whole path (`GET /v1/whoami`: key, scope, address, limits,
//! record, answer) against a bare actix-web handler with a body of the same size.
//! Both run in this process on one worker thread each and are measured in turns,
//! so that the ratio does not depend on the machine. Prints ratios, asserts nothing.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use actix_web::{App, HttpResponse, HttpServer, web};
use backend::{
    clock::Clock,
    config::ServeSettings,
    keys::format::random_base62,
    models::tenant::Tenant,
    routes::platform::api_keys::{NewKey, prepare},
    server,
};
use clap::Parser;
use shared::{
    ids::TenantId,
    key::{CreateKey, Environment},
    plan::{Plan, PlanLimits},
    scope::Scope,
};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc,
    time::{Duration, Instant},
};

/// Connections of the load generator, kept alive; each waits for its answer.
const CONNECTIONS: usize = 32;
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(1500);

#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    serve: ServeSettings,
}

fn main() {
    // cargo passes --bench, and `cargo test --benches` passes --test.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let (gateway, keys) = start_gateway(data.path());
    let valid: Vec<_> = keys.iter().map(|key| request(gateway, key)).collect();
    let body_len = body_of(gateway, &valid[0]).len();
    let bare = start_bare(body_len);
    let plain = vec![request(bare, &keys[0])];
    let half_wrong: Vec<_> = valid
        .iter()
        .flat_map(|good| {
            let mut wrong = good.clone();
            let at = wrong
                .windows(8)
                .position(|bytes| bytes == b"pm_live_")
                .unwrap()
                + 30;
            wrong[at] = if wrong[at] == b'x' { b'y' } else { b'x' };
            [good.clone(), wrong]
        })
        .collect();

    let subjects = [
        ("bare handler", bare, &plain),
        ("gateway", gateway, &valid),
        ("gateway, half the keys wrong", gateway, &half_wrong),
    ];
    let mut rates = vec![Vec::new(); subjects.len()];
    for _ in 0..ROUNDS {
        for (index, (_, addr, requests)) in subjects.iter().enumerate() {
            rates[index].push(throughput(*addr, requests));
        }
    }
    let medians: Vec<f64> = rates.into_iter().map(median).collect();
    println!(
        "{:<32}{:>14}{:>10}",
        "one worker, warm keys", "requests/s", "ratio"
    );
    for ((name, ..), rate) in subjects.iter().zip(&medians) {
        println!("{name:<32}{rate:>14.0}{:>10.3}", rate / medians[0]);
    }
    let half = medians[0].min(medians[1]) / 2.0;
    let tails: Vec<_> = (0..ROUNDS)
        .map(|_| (p99(bare, &plain, half), p99(gateway, &valid, half)))
        .collect();
    let bare_tail = median(tails.iter().map(|tail| tail.0).collect());
    let gateway_tail = median(tails.iter().map(|tail| tail.1).collect());
    println!(
        "\n{:<32}{:>14}{:>10}",
        format!("p99 at {half:.0} requests/s"),
        "microseconds",
        "ratio"
    );
    println!("{:<32}{bare_tail:>14.0}{:>10.3}", "bare handler", 1.0);
    println!(
        "{:<32}{gateway_tail:>14.0}{:>10.3}",
        "gateway",
        gateway_tail / bare_tail
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The real server on a database of its own, with ten keys whose limits are out of reach.
fn start_gateway(data: &std::path::Path) -> (SocketAddr, Vec<String>) {
    let args = [
        "bench",
        "--workers",
        "1",
        "--data-dir",
        data.to_str().unwrap(),
    ];
    let settings = Settings::parse_from(args).serve;
    let clock = Clock::system();
    let (db, secrets) = server::open(&settings.storage, &clock).unwrap();
    let tenant_id = TenantId::new("ten_bench");
    let limits = PlanLimits {
        rate_per_minute: 100_000_000,
        burst: 100_000_000,
    };
    let made: Vec<_> = (0..10)
        .map(|number| {
            let form = CreateKey {
                name: format!("Key {number}"),
                description: String::new(),
                environment: Environment::Live,
                permissions: vec![Scope::ContactsRead],
                expires_at: None,
                expires_in_days: None,
                ip_allowlist: vec!["127.0.0.0/8".into()],
            };
            let creator = ("user", String::new(), "bench".to_owned());
            let new = NewKey {
                tenant_id: tenant_id.clone(),
                form,
                creator,
                now: clock.now(),
            };
            prepare(new, &secrets, 4).unwrap()
        })
        .collect();
    db.write_blocking(|conn| {
        let name = random_base62(8).unwrap_or_default();
        Tenant::new(
            tenant_id.clone(),
            &name,
            Plan::Enterprise,
            false,
            clock.now_naive(),
        )
        .insert(conn)?;
        Tenant::set_limits(conn, &tenant_id, limits)?;
        made.iter().try_for_each(|(_, row)| row.insert(conn))
    })
    .unwrap();
    let addr = in_thread(move |listener| async move {
        let running = server::start(&settings, listener, db, secrets, clock).unwrap();
        std::mem::forget(running);
        std::future::pending::<()>().await;
    });
    (
        addr,
        made.iter()
            .map(|(plain, _)| plain.expose().to_owned())
            .collect(),
    )
}

fn start_bare(body_len: usize) -> SocketAddr {
    let body = "x".repeat(body_len);
    in_thread(move |listener| async move {
        let app = move || {
            let body = body.clone();
            App::new().route(
                "/v1/whoami",
                web::get().to(move || {
                    let body = body.clone();
                    async move {
                        HttpResponse::Ok()
                            .content_type("application/json")
                            .body(body)
                    }
                }),
            )
        };
        HttpServer::new(app)
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run()
            .await
            .unwrap();
    })
}

fn in_thread<F: Future<Output = ()>>(
    serve: impl FnOnce(TcpListener) -> F + Send + 'static,
) -> SocketAddr {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        sender.send(listener.local_addr().unwrap()).unwrap();
        actix_web::rt::System::new().block_on(serve(listener));
    });
    receiver.recv().unwrap()
}

fn request(addr: SocketAddr, key: &str) -> Vec<u8> {
    format!("GET /v1/whoami HTTP/1.1\r\nHost: {addr}\r\nAuthorization: Bearer {key}\r\n\r\n").into()
}

fn body_of(addr: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut connection = TcpStream::connect(addr).unwrap();
    connection.write_all(request).unwrap();
    let answer = read_answer(&mut connection, &mut Vec::new());
    let head = answer
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .unwrap()
        + 4;
    answer[head..].to_vec()
}

fn read_answer(connection: &mut TcpStream, buffer: &mut Vec<u8>) -> Vec<u8> {
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = answer_end(buffer) {
            return buffer.drain(..end).collect();
        }
        let read = connection.read(&mut chunk).unwrap();
        assert!(read > 0, "the server closed a connection");
        buffer.extend_from_slice(&chunk[..read]);
    }
}

/// Where the first answer in `buffer` ends, once it is complete.
fn answer_end(buffer: &[u8]) -> Option<usize> {
    const LENGTH: &[u8] = b"content-length: ";
    let head = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    let at = buffer[..head]
        .windows(LENGTH.len())
        .position(|bytes| bytes == LENGTH)?
        + LENGTH.len();
    let digits = buffer[at..head]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
    (buffer.len() >= head + length).then_some(head + length)
}

/// Requests a second with every connection asking again as soon as it has its answer.
fn throughput(addr: SocketAddr, requests: &[Vec<u8>]) -> f64 {
    let (answered, took) = drive(addr, requests, None);
    answered.len() as f64 / took.as_secs_f64()
}

/// The latency that one in a hundred exceeds, in microseconds, at a steady rate.
fn p99(addr: SocketAddr, requests: &[Vec<u8>], per_second: f64) -> f64 {
    let (mut latencies, _) = drive(addr, requests, Some(per_second));
    latencies.sort_unstable();
    latencies[latencies.len() * 99 / 100].as_secs_f64() * 1e6
}

/// One thread with non-blocking sockets, so that the load takes one core at most.
fn drive(
    addr: SocketAddr,
    requests: &[Vec<u8>],
    per_second: Option<f64>,
) -> (Vec<Duration>, Duration) {
    struct Client {
        socket: TcpStream,
        buffer: Vec<u8>,
        asked: Option<Instant>,
    }
    let mut clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let socket = TcpStream::connect(addr).unwrap();
            socket.set_nodelay(true).unwrap();
            socket.set_nonblocking(true).unwrap();
            Client {
                socket,
                buffer: Vec::with_capacity(4096),
                asked: None,
            }
        })
        .collect();
    let began = Instant::now();
    let mut latencies = Vec::with_capacity(400_000);
    let mut sent = 0_usize;
    let mut chunk = [0; 4096];
    while began.elapsed() < ROUND {
        for client in &mut clients {
            if let Some(asked) = client.asked {
                match client.socket.read(&mut chunk) {
                    Ok(0) => panic!("the server closed a connection"),
                    Ok(read) => client.buffer.extend_from_slice(&chunk[..read]),
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
                    Err(error) => panic!("{error}"),
                }
                let Some(end) = answer_end(&client.buffer) else {
                    continue;
                };
                client.buffer.drain(..end);
                latencies.push(asked.elapsed());
                client.asked = None;
            }
            let due = per_second.map(|rate| began + Duration::from_secs_f64(sent as f64 / rate));
            if due.is_some_and(|due| Instant::now() < due) {
                continue;
            }
            // At a steady rate a request counts from when it was due, not from
            // when there was a connection free for it.
            client.asked = Some(due.unwrap_or_else(Instant::now));
            client
                .socket
                .write_all(&requests[sent % requests.len()])
                .unwrap();
            sent += 1;
        }
    }
    (latencies, began.elapsed())
}
