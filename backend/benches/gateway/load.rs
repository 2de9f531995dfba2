//! Load generator: one thread with non-blocking sockets, so that it uses at most one core.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// Number of keep-alive connections. Each waits for a response before it sends the next request.
const CONNECTIONS: usize = 32;

/// Requests to send to a server, repeated in order.
pub struct Target {
    pub name: &'static str,
    pub addr: SocketAddr,
    pub requests: Vec<Vec<u8>>,
}

impl Target {
    /// Creates one `GET /v1/whoami` request for each key.
    pub fn new<'a>(
        name: &'static str,
        addr: SocketAddr,
        keys: impl IntoIterator<Item = &'a String>,
    ) -> Self {
        let request = |key: &String| {
            format!(
                "GET /v1/whoami HTTP/1.1\r\nHost: {addr}\r\nAuthorization: Bearer {key}\r\n\r\n"
            )
            .into_bytes()
        };
        Self {
            name,
            addr,
            requests: keys.into_iter().map(request).collect(),
        }
    }

    /// Sends the first request and returns the response.
    pub fn first_answer(&self) -> Vec<u8> {
        let mut client = Client::connect(self.addr);
        client.socket.set_nonblocking(false).unwrap();
        client.socket.write_all(&self.requests[0]).unwrap();
        loop {
            client.receive();
            if let Some(end) = answer_end(&client.buffer) {
                return client.buffer[..end].to_vec();
            }
        }
    }

    /// Measures maximum throughput. Returns requests per second, and the server's CPU time per
    /// request in microseconds.
    pub fn throughput(&self, time: Duration) -> (f64, f64) {
        let busy = server_time();
        let Answered { count, took, .. } = self.drive(None, usize::MAX, time);
        let busy = server_time().saturating_sub(busy);
        let count = count as f64;
        (count / took.as_secs_f64(), busy.as_secs_f64() * 1e6 / count)
    }

    /// Returns the 99th percentile latency at a steady rate, in microseconds.
    pub fn p99(&self, per_second: f64, time: Duration) -> f64 {
        let mut latencies = self.drive(Some(per_second), usize::MAX, time).latencies;
        latencies.sort_unstable();
        latencies[latencies.len() * 99 / 100].as_secs_f64() * 1e6
    }

    /// Sends every request once. Returns the total duration and the number of 200 responses.
    pub fn once(&self) -> (Duration, usize) {
        self.times(self.requests.len())
    }

    /// Like [`Self::once`], with the first `count` requests.
    pub fn times(&self, count: usize) -> (Duration, usize) {
        let answered = self.drive(None, count, Duration::MAX);
        (answered.took, answered.ok)
    }

    fn drive(&self, per_second: Option<f64>, limit: usize, time: Duration) -> Answered {
        let mut clients: Vec<_> = (0..CONNECTIONS)
            .map(|_| Client::connect(self.addr))
            .collect();
        let began = Instant::now();
        let mut answered = Answered::default();
        let mut sent = 0;
        while answered.count < limit && began.elapsed() < time {
            for client in &mut clients {
                if let Some(asked) = client.asked {
                    if !client.receive() {
                        continue;
                    }
                    let Some(end) = answer_end(&client.buffer) else {
                        continue;
                    };
                    answered.count += 1;
                    answered.ok += usize::from(client.buffer.starts_with(b"HTTP/1.1 200 "));
                    if per_second.is_some() {
                        answered.latencies.push(asked.elapsed());
                    }
                    client.buffer.drain(..end);
                    client.asked = None;
                }
                let due =
                    per_second.map(|rate| began + Duration::from_secs_f64(sent as f64 / rate));
                if sent == limit || due.is_some_and(|due| Instant::now() < due) {
                    continue;
                }
                // At a steady rate, latency counts from the time the request was due, not from
                // when a connection was free for it.
                client.asked = Some(due.unwrap_or(began));
                let request = &self.requests[sent % self.requests.len()];
                client.socket.write_all(request).unwrap();
                sent += 1;
            }
        }
        answered.took = began.elapsed();
        answered
    }
}

#[derive(Default)]
struct Answered {
    count: usize,
    ok: usize,
    took: Duration,
    /// Recorded at a steady rate only.
    latencies: Vec<Duration>,
}

struct Client {
    socket: TcpStream,
    buffer: Vec<u8>,
    asked: Option<Instant>,
}

impl Client {
    fn connect(addr: SocketAddr) -> Self {
        let socket = TcpStream::connect(addr).unwrap();
        socket.set_nodelay(true).unwrap();
        socket.set_nonblocking(true).unwrap();
        Self {
            socket,
            buffer: Vec::with_capacity(4096),
            asked: None,
        }
    }

    /// Returns `true` if data was received.
    fn receive(&mut self) -> bool {
        let mut chunk = [0; 2048];
        match self.socket.read(&mut chunk) {
            Ok(0) => panic!("the server closed a connection"),
            Ok(read) => self.buffer.extend_from_slice(&chunk[..read]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(error) => panic!("{error}"),
        }
        true
    }
}

/// Returns the end of the first response in `buffer`, once it is complete.
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

/// Returns the CPU time of all threads of this process except the caller's. Zero where Linux's
/// /proc is missing.
fn server_time() -> Duration {
    let nanos = |task: &std::path::Path| {
        let times = std::fs::read_to_string(task.join("schedstat")).ok()?;
        times.split(' ').next()?.parse().ok()
    };
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let all: u64 = tasks.filter_map(|task| nanos(&task.ok()?.path())).sum();
    let own = nanos(std::path::Path::new("/proc/thread-self")).unwrap_or_default();
    Duration::from_nanos(all.saturating_sub(own))
}
