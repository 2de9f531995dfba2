//! The only place that talks to the server: one small function per operation,
//! each with a typed answer. Nothing here knows signals or the page.

pub mod auth;
pub mod docs;
mod error;
pub mod keys;
pub mod live;
pub mod plan;
pub mod quotas;
pub mod rate_limit;
pub mod try_it;
pub mod usage;

pub use error::ApiError;

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};
use shared::error::{ErrorCode, Problem};
use std::cell::OnceCell;

thread_local! {
    static ON_SESSION_END: OnceCell<Box<dyn Fn()>> = const { OnceCell::new() };
}

/// Has `listener` called whenever the server says that nobody is signed in. Only
/// the first call counts.
pub fn on_session_end(listener: impl Fn() + 'static) {
    ON_SESSION_END.with(|cell| cell.set(Box::new(listener)).ok());
}

/// Sends a request without a body and reads a JSON answer.
async fn call<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, ApiError> {
    let request = request.build().map_err(|_| ApiError::Unreachable)?;
    read(send(request).await?).await
}

/// Sends a request with a JSON body and reads a JSON answer.
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

/// Sends a request without a body whose answer has none either.
async fn call_for_nothing(request: RequestBuilder) -> Result<(), ApiError> {
    let request = request.build().map_err(|_| ApiError::Unreachable)?;
    send(request).await.map(drop)
}

/// Sends a request without a body and reads an answer that is text.
async fn call_for_text(request: RequestBuilder) -> Result<String, ApiError> {
    let request = request.build().map_err(|_| ApiError::Unreachable)?;
    let response = send(request).await?;
    response.text().await.map_err(|_| ApiError::Unreachable)
}

/// Sends, and turns every answer that is not a success into an [`ApiError`].
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
