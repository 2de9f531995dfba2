//! The context of a request that was made with an API key.

use crate::{
    clock::Moment,
    gateway::address::client_address,
    keys::cache::KeyRecord,
    rate_limit::{Charge, headers},
    state::AppState,
    usage::recorder::Source,
};
use actix_web::{HttpRequest, http::header::HeaderMap};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

/// The key that a request is attributed to, in the request's extensions. Handlers read the key from
/// it, and [`crate::middleware`] records usage with it.
pub struct GatewayContext {
    /// The key that the request is attributed to.
    pub key: Arc<KeyRecord>,
    pub source: Source,
    /// IP address of the client.
    pub client: IpAddr,
    /// Time at which the key was checked.
    pub at: Moment,
    /// Index in the route table, once a handler was reached.
    pub operation: Option<usize>,
    /// The rate limits after this request, once they were charged.
    pub charge: Option<Charge>,
    /// `true` if the key was accepted.
    pub admitted: bool,
}

impl GatewayContext {
    /// Adds the rate limit headers, and the deprecation headers of a key that is about to end.
    pub fn insert_headers(&self, headers: &mut HeaderMap) {
        if let Some(sunset) = &self.key.sunset {
            sunset.insert(headers, self.at.utc());
        }
        let peek = || {
            let limits = &self.key.limits;
            limits.peek(self.key.environment, self.at.monotonic)
        };
        match &self.charge {
            Some(charge) => headers::insert(headers, charge),
            None => headers::insert(headers, &peek()),
        }
    }
}

/// Returns the client's IP address, taking trusted proxies into account.
pub fn client_of(state: &AppState, request: &HttpRequest) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
    client_address(peer, request.headers(), &state.trusted_proxies)
}
