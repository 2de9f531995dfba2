//! The requests that a query about usage covers.

use shared::{ids::TenantId, key::Environment, usage::UNKNOWN_PATH};

/// Whose requests a report is about: always those of one environment.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The tenant that the keys belong to.
    pub tenant: TenantId,
    /// The environment of the keys.
    pub environment: Environment,
    /// Only those of this key and the keys that it has replaced or that replaced it.
    pub lineage: Option<String>,
}

/// Method and path of a route as it is stored. Of unknown paths, rows of before had no
/// method.
pub fn split_route(route: &str) -> (&str, &str) {
    route.split_once(' ').unwrap_or(("", UNKNOWN_PATH))
}
