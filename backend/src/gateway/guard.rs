//! The middleware in front of everything that an API key can call.

use crate::{
    error::ApiError,
    gateway::{address::client_address, admit::admit, limits::Charge},
    keys::cache::KeyRecord,
    state::AppState,
};
use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

/// What the gateway found out about a request. Kept in its extensions: handlers
/// read the key from it, and the `request` middleware counts it.
pub struct Attribution {
    /// The key it counts for.
    pub key: Arc<KeyRecord>,
    /// Position in the route table, once a handler was reached.
    pub operation: Option<usize>,
    /// The limits after this request, once they were looked at.
    pub charge: Option<Charge>,
    /// Whether the key got through.
    pub admitted: bool,
}

/// Lets through who has a key that works, and notes whose request it is.
pub async fn guard(
    state: web::Data<AppState>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let client = client_of(&state, request.request());
    match admit(&state, request.request(), client).await {
        Ok(key) => {
            let attribution = Attribution {
                key,
                operation: None,
                charge: None,
                admitted: true,
            };
            request.extensions_mut().insert(attribution);
            next.call(request).await
        }
        Err(refusal) => {
            if let Some(key) = refusal.key {
                let attribution = Attribution {
                    key,
                    operation: None,
                    charge: None,
                    admitted: false,
                };
                request.extensions_mut().insert(attribution);
            }
            Ok(refused(request, refusal.error))
        }
    }
}

/// The answer to a request that goes no further.
pub fn refused(request: ServiceRequest, error: ApiError) -> ServiceResponse<BoxBody> {
    request.error_response(error)
}

/// Where the request comes from, trusted proxies taken into account.
pub fn client_of(state: &AppState, request: &HttpRequest) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
    client_address(peer, request.headers(), &state.trusted_proxies)
}
