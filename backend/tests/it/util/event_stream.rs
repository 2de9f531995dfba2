//! Event streams of `GET /api/v1/tenant/live`.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// An open event stream.
pub struct EventStream(TcpStream);

impl EventStream {
    /// Opens a stream with the token of a session.
    #[track_caller]
    pub fn open(addr: SocketAddr, token: &str) -> Self {
        let mut stream = TcpStream::connect(addr).expect("connects");
        let request = format!(
            "GET /api/v1/tenant/live HTTP/1.1\r\nHost: {addr}\r\nCookie: pm_session={token}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("sends");
        let timeout = Some(Duration::from_secs(20));
        stream.set_read_timeout(timeout).expect("has a timeout");
        let mut start = [0; 12];
        stream.read_exact(&mut start).expect("the server responds");
        assert_eq!(&start, b"HTTP/1.1 200");
        Self(stream)
    }

    /// Reads until the server ends the stream and closes the connection, before the periodic check
    /// of the session.
    #[track_caller]
    pub fn expect_immediate_end(mut self) {
        let timeout = Some(Duration::from_secs(10));
        self.0.set_read_timeout(timeout).expect("has a timeout");
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).expect("the stream ends");
        assert!(rest.ends_with(b"0\r\n\r\n"));
    }

    /// Reads until the server ends the stream.
    #[track_caller]
    pub fn expect_end(mut self) {
        let mut text = Vec::new();
        let mut buffer = [0; 4096];
        while !text.ends_with(b"0\r\n\r\n") {
            let read = self.0.read(&mut buffer).expect("ends in time");
            assert_ne!(read, 0, "the connection broke");
            text.extend_from_slice(&buffer[..read]);
        }
    }

    /// Reads until the server sends a keep-alive.
    #[track_caller]
    pub fn expect_alive(&mut self) {
        let mut text = String::new();
        let mut buffer = [0; 4096];
        while !text.contains(": still here") {
            let read = self.0.read(&mut buffer).expect("sends in time");
            assert_ne!(read, 0, "the stream ended");
            text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    }
}
