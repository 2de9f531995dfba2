//! The response to a request that has failed.

use crate::{
    error::ApiError,
    middleware::routed_path::{is_within, routed_path},
    routes::links::error_page,
    state::AppState,
};
use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::BoxBody,
    dev::ServiceResponse,
    http::header::{self, HeaderValue},
};
use shared::error::ErrorCode;

/// Builds the response to an error, which includes the request id. `inspect` is called with the
/// error. Returns `None` if there is no error.
pub fn problem_of(
    state: &AppState,
    response: &ServiceResponse<BoxBody>,
    id: &str,
    inspect: impl FnOnce(&ApiError),
) -> Option<HttpResponse> {
    let status = response.status().as_u16();
    let from_framework;
    let error = match response.response().error() {
        Some(error) if let Some(error) = error.as_error::<ApiError>() => error,
        Some(error) => {
            from_framework = translate(status, error);
            &from_framework
        }
        // actix-web's response to an unsupported method has no error.
        None if status == 405 => {
            from_framework = ErrorCode::MethodNotAllowed.into();
            &from_framework
        }
        None => return None,
    };
    if let Some(cause) = error.cause() {
        tracing::error!(request_id = id, code = %error.code(), cause, "a request failed");
    }
    inspect(error);
    let mut problem = error_page(response.request(), error)
        .unwrap_or_else(|| error.to_response(id, &state.public_url.origin));
    for (name, value) in response.headers() {
        let value = if name == header::ALLOW {
            allowed_methods(value, response.request())
        } else if name == header::SET_COOKIE {
            value.clone()
        } else {
            continue;
        };
        problem.headers_mut().append(name.clone(), value);
    }
    Some(problem)
}

/// Adds HEAD to the allowed methods of the public API, which handles it as GET.
fn allowed_methods(routed: &HeaderValue, request: &HttpRequest) -> HeaderValue {
    let methods = routed.to_str().unwrap_or_default();
    if !is_within(routed_path(request), "/v1") {
        return routed.clone();
    }
    let with_head = methods.replacen("GET", "GET, HEAD", 1);
    HeaderValue::try_from(with_head).unwrap_or(routed.clone())
}

/// Converts an error of actix-web.
fn translate(status: u16, error: &Error) -> ApiError {
    match status {
        404 => ErrorCode::NotFound.into(),
        408 => ErrorCode::RequestTimeout.into(),
        405 => ErrorCode::MethodNotAllowed.into(),
        413 => ErrorCode::BodyTooLarge.into(),
        400..500 => ApiError::new(ErrorCode::InvalidField).detail(error.to_string()),
        _ => ApiError::internal(error),
    }
}
