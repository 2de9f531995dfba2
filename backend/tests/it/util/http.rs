//! HTTP client for tests. Error statuses are returned like any other response.

use serde_json::Value;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};
use ureq::{SendBody, http};

/// Creates an agent that keeps connections alive and accepts every status.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_idle_connections(64)
        .max_idle_connections_per_host(64)
        // The server closes connections after five idle seconds.
        .max_idle_age(Duration::from_secs(3))
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into()
}

/// A request under construction.
#[must_use]
pub struct Request<'a> {
    agent: &'a ureq::Agent,
    builder: http::request::Builder,
    body: Body,
}

enum Body {
    None,
    Sized(Vec<u8>),
    Chunked(Vec<u8>),
}

impl<'a> Request<'a> {
    pub fn new(agent: &'a ureq::Agent, method: &str, url: &str) -> Self {
        Self {
            agent,
            builder: http::Request::builder().method(method).uri(url),
            body: Body::None,
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Sets a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sets a body of any type.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Body::Sized(body.into());
        self.header("Content-Type", content_type)
    }

    /// Sets a JSON body without a `Content-Length`.
    pub fn chunked(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Body::Chunked(body.into());
        self.header("Content-Type", "application/json")
    }

    /// Sends the request and reads the whole response.
    #[track_caller]
    pub fn send(self) -> Answer {
        self.try_send().expect("the server answers")
    }

    /// Like [`Self::send`], for servers that may be gone.
    pub fn try_send(self) -> Result<Answer, ureq::Error> {
        let body = match self.body {
            Body::None => return Answer::read(self.agent.run(self.builder.body(())?)?),
            Body::Sized(bytes) => {
                return Answer::read(self.agent.run(self.builder.body(bytes)?)?);
            }
            Body::Chunked(bytes) => SendBody::from_owned_reader(std::io::Cursor::new(bytes)),
        };
        Answer::read(self.agent.run(self.builder.body(body)?)?)
    }
}

/// A complete response. Of event streams, only status and headers.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    fn read(mut response: http::Response<ureq::Body>) -> Result<Self, ureq::Error> {
        let headers: Vec<_> = response
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect();
        let mut answer = Self {
            status: response.status().as_u16(),
            headers,
            body: Vec::new(),
        };
        let content_type = answer.header("content-type").unwrap_or_default();
        if !content_type.starts_with("text/event-stream") {
            answer.body = response.body_mut().read_to_vec()?;
        }
        Ok(answer)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("not JSON: {error}: {}", self.text()))
    }

    /// Checks the status and returns the JSON body.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// Checks status, error code, and everything that all errors have in common. Returns the
    /// body.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        let problem = self.json();
        assert_eq!(problem["error"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        let ends = problem["type"]
            .as_str()
            .is_some_and(|url| url.starts_with("http") && url.ends_with(&format!("#{code}")));
        assert!(ends, "{problem}");
        for member in ["title", "detail", "message", "request_id"] {
            let text = problem[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{member} is missing: {problem}");
        }
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"));
        let retry_after = problem["retry_after"].as_u64().map(|secs| secs.to_string());
        assert_eq!(retry_after.as_deref(), self.header("retry-after"));
        assert_eq!(status == 429, retry_after.is_some(), "{problem}");
        problem
    }

    /// Like [`Self::problem`], also checking the names of the invalid fields.
    #[track_caller]
    pub fn problem_of_fields(&self, status: u16, code: &str, fields: &[&str]) -> Value {
        let problem = self.problem(status, code);
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let named: Vec<_> = errors
            .iter()
            .map(|error| error["field"].as_str().unwrap_or_default())
            .collect();
        assert_eq!(named, fields, "{problem}");
        problem
    }

    /// Returns the value of a cookie set by the response.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self
            .headers
            .iter()
            .filter(|(other, _)| other == "set-cookie");
        let mut values = cookies.filter_map(|(_, cookie)| {
            let (found, rest) = cookie.split_once('=')?;
            (found == name).then(|| rest.split(';').next().unwrap_or_default().to_owned())
        });
        values.next()
    }
}

/// Sends raw bytes and reads the response, for requests that HTTP clients cannot make. The server
/// may stop reading before the end.
#[track_caller]
pub fn raw(addr: std::net::SocketAddr, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(addr).expect("connects");
    let timeout = Some(Duration::from_secs(20));
    stream.set_read_timeout(timeout).expect("takes a timeout");
    stream.set_write_timeout(timeout).expect("takes a timeout");
    let _ = stream.write_all(request);
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read) = stream.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..read]);
        if read == 0 {
            break;
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    Answer {
        status: status.and_then(|status| status.parse().ok()).unwrap_or(0),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect(),
        body: body.as_bytes().to_vec(),
    }
}
