//! Client of the server's API: one function per operation, with method and path from the route
//! table. Independent of signals and pages.

pub mod auth;
pub mod docs;
mod error;
pub mod keys;
pub mod live;
pub mod plan;
pub mod quotas;
pub mod rate_limit;
pub mod usage;

pub use error::ApiError;

use gloo_net::http::{Method, Request, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    error::{ErrorCode, Problem},
    operation::Row,
};
use std::cell::OnceCell;

thread_local! {
    static ON_SESSION_END: OnceCell<Box<dyn Fn()>> = const { OnceCell::new() };
}

/// Registers a listener for responses that report the end of the session. Only the first call has
/// an effect.
pub fn on_session_end(listener: impl Fn() + 'static) {
    ON_SESSION_END.with(|cell| cell.set(Box::new(listener)).ok());
}

/// Builds a request for an operation. `parameters` are the values for the `{…}` of its path, in
/// order.
fn request<R: Row>(parameters: &[&str]) -> RequestBuilder {
    let mut parameters = parameters.iter();
    let segments = R::OPERATION.path.split('/').map(|segment| {
        if segment.starts_with('{') {
            parameters.next().copied().unwrap_or_default()
        } else {
            segment
        }
    });
    let path = segments.collect::<Vec<_>>().join("/");
    let method = R::OPERATION.method.parse().unwrap_or(Method::GET);
    RequestBuilder::new(&path).method(method)
}

/// Sends a request without a body and reads a JSON response.
async fn call<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, ApiError> {
    let request = request.build().map_err(|_| ApiError::Unreachable)?;
    read(send(request).await?).await
}

/// Sends a request with a JSON body and reads a JSON response.
async fn call_with<T: DeserializeOwned>(
    request: RequestBuilder,
    body: &impl Serialize,
) -> Result<T, ApiError> {
    let json = serde_json::to_string(body).map_err(|_| ApiError::Unreachable)?;
    let request = request
        .header("Content-Type", "application/json")
        .body(json)
        .map_err(|_| ApiError::Unreachable)?;
    read(send(request).await?).await
}

/// Sends a request without a body and ignores the response body.
async fn call_ignoring_body(request: RequestBuilder) -> Result<(), ApiError> {
    let request = request.build().map_err(|_| ApiError::Unreachable)?;
    send(request).await.map(drop)
}

/// Sends a request without a body and reads the response as text.
async fn call_for_text(request: RequestBuilder) -> Result<String, ApiError> {
    let request = request.build().map_err(|_| ApiError::Unreachable)?;
    let response = send(request).await?;
    response.text().await.map_err(|_| ApiError::Unreachable)
}

/// Sends a request, and converts unsuccessful responses to [`ApiError`].
async fn send(request: Request) -> Result<Response, ApiError> {
    let response = request.send().await.map_err(|_| ApiError::Unreachable)?;
    if response.ok() {
        return Ok(response);
    }
    let error = decode_error(response).await;
    if error.is(ErrorCode::NotSignedIn) {
        ON_SESSION_END.with(|cell| cell.get().inspect(|listener| listener()).is_some());
    }
    Err(error)
}

async fn decode_error(response: Response) -> ApiError {
    let status = response.status();
    let request_id = response.headers().get("x-request-id");
    let body = response.text().await.unwrap_or_default();
    match serde_json::from_str::<Problem>(&body) {
        Ok(problem) => ApiError::Problem(Box::new(problem)),
        Err(_) => ApiError::Unexpected { status, request_id },
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, ApiError> {
    let unexpected = ApiError::Unexpected {
        status: response.status(),
        request_id: response.headers().get("x-request-id"),
    };
    let body = response.text().await.map_err(|_| ApiError::Unreachable)?;
    serde_json::from_str(&body).map_err(|_| unexpected)
}
