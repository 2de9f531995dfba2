//! Extractors for JSON request bodies. Each error names the invalid field.

use crate::{
    error::ApiError,
    gateway::context::GatewayContext,
    json::parse,
    middleware::body::{ANONYMOUS_BODY_TIMEOUT, body_error, too_large},
    models::session::SignedIn,
    state::AppState,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header};
use futures_util::{StreamExt, future::LocalBoxFuture};
use serde::de::DeserializeOwned;
use shared::{error::ErrorCode, ids::TenantId};
use std::future::{Future, ready};
use tokio::time::timeout;

/// A JSON body of at most 1 MiB. Its form is checked, but not its meaning.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if let Err(error) = check_media_type(request) {
            return Box::pin(ready(Err(error)));
        }
        Box::pin(read(request, payload, |body| parse(body).map(Self)))
    }
}

/// An optional JSON body; otherwise like [`Json`].
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for OptionalJson<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = check_media_type(request);
        let parse_any = move |body: &[u8]| {
            if body.is_empty() {
                return Ok(Self(T::default()));
            }
            media_type?;
            parse(body).map(Self)
        };
        Box::pin(read(request, payload, parse_any))
    }
}

/// Rejects a body that is not JSON or is compressed.
fn check_media_type(request: &HttpRequest) -> Result<(), ApiError> {
    let header = |name| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap_or("?").trim())
    };
    let content_type = header(header::CONTENT_TYPE).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    match header(header::CONTENT_ENCODING) {
        None | Some("") => Ok(()),
        Some(coding) if coding.eq_ignore_ascii_case("identity") => Ok(()),
        Some(_) => Err(ApiError::new(ErrorCode::UnsupportedMediaType)
            .message("The request body is compressed, which this server does not read.")
            .detail("Send the body as it is, without the header Content-Encoding.")),
    }
}

/// Reads the body and passes it to `parse`.
fn read<T, P: FnOnce(&[u8]) -> Result<T, ApiError>>(
    request: &HttpRequest,
    payload: &mut Payload,
    parse: P,
) -> impl Future<Output = Result<T, ApiError>> + use<T, P> {
    let state = AppState::of(request).cloned();
    let tenant = tenant_of(request);
    let declared = request.headers().get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let mut payload = payload.take();
    async move {
        let state = state?;
        let is_anonymous = tenant.is_none();
        let mut body = state.body_memory.buffer(tenant);
        if declared.is_some_and(|length| length > body.max()) {
            return Err(too_large(body.max()));
        }
        let receive = async {
            while let Some(chunk) = payload.next().await {
                body.push(&chunk.map_err(|error| body_error(&error))?)?;
            }
            Ok::<_, ApiError>(())
        };
        if is_anonymous {
            let received = timeout(ANONYMOUS_BODY_TIMEOUT, receive).await;
            received.map_err(|_| ApiError::from(ErrorCode::RequestTimeout))??;
        } else {
            receive.await?;
        }
        parse(body.bytes())
    }
}

/// Returns the tenant that the request is charged to; `None` for an unauthenticated caller.
fn tenant_of(request: &HttpRequest) -> Option<TenantId> {
    let extensions = request.extensions();
    let by_key = || extensions.get::<GatewayContext>();
    let by_session = || extensions.get::<SignedIn>();
    by_key()
        .map(|by| by.key.tenant_id.clone())
        .or_else(|| by_session().map(|by| by.tenant.id()))
}
