//! Calls the public API for Try It Out. Every response is returned as received, whatever its
//! status.

use crate::{state::clock, try_it_out::logic::answer::Answer};
use gloo_net::http::{Request, RequestBuilder};
use shared::reference::HttpRequest;
use web_sys::{AbortController, AbortSignal, RequestCache, RequestCredentials};

/// Reason for a missing response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// Cancelled by the user.
    Cancelled,
    /// Network or server unreachable.
    Unreachable,
}

/// Aborts a running call.
pub struct Cancel(AbortController);

impl Cancel {
    /// Creates the handle of a new call. `None` if the browser refuses.
    pub fn new() -> Option<Self> {
        AbortController::new().ok().map(Self)
    }

    pub fn cancel(&self) {
        self.0.abort();
    }

    /// Returns the signal to pass to [`call`].
    pub fn signal(&self) -> AbortSignal {
        self.0.signal()
    }
}

/// Sends `request` with `key`, without the session's cookie.
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
