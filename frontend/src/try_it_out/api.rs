//! Calls of the public API that somebody tries out: every answer is one, whatever its
//! status, and is handed on as it came.

use crate::{docs::openapi::HttpRequest, state::clock, try_it_out::logic::answer::Answer};
use gloo_net::http::{Request, RequestBuilder};
use web_sys::{AbortController, AbortSignal, RequestCache, RequestCredentials};

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// The person did not want it any more.
    Cancelled,
    /// No network, or no server.
    Unreachable,
}

/// Stops a call.
pub struct Cancel(AbortController);

impl Cancel {
    /// For a call that is about to begin.
    pub fn new() -> Option<Self> {
        AbortController::new().ok().map(Self)
    }

    /// Stops it.
    pub fn cancel(&self) {
        self.0.abort();
    }

    /// What the call listens to.
    pub fn signal(&self) -> AbortSignal {
        self.0.signal()
    }
}

/// Sends `request` with `key`, and without the session's cookie.
pub async fn call(
    request: &HttpRequest,
    key: Option<&str>,
    cancel: &AbortSignal,
) -> Result<Answer, NoAnswer> {
    let failed = || {
        if cancel.aborted() {
            NoAnswer::Cancelled
        } else {
            NoAnswer::Unreachable
        }
    };
    let began = clock::now();
    let response = prepared(request, key, cancel).ok_or(NoAnswer::Unreachable)?;
    let response = response.send().await.map_err(|_| failed())?;
    let mut headers: Vec<_> = response.headers().entries().collect();
    headers.sort();
    let body = response.binary().await.map_err(|_| failed())?;
    Ok(Answer {
        status: response.status(),
        headers,
        body,
        took_ms: (clock::now() - began).num_milliseconds(),
    })
}

fn prepared(request: &HttpRequest, key: Option<&str>, cancel: &AbortSignal) -> Option<Request> {
    let method = request.method.parse().ok()?;
    let mut builder = RequestBuilder::new(&request.url)
        .method(method)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(cancel));
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    if let Some(key) = key {
        builder = builder.header("Authorization", &format!("Bearer {key}"));
    }
    match &request.body {
        Some(body) => builder.body(body.clone()).ok(),
        None => builder.build().ok(),
    }
}
