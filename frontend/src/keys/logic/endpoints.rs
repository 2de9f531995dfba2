//! Mapping from permissions to API endpoints.

use shared::{
    operation::{OPERATIONS, Operation},
    scope::{Scope, ScopeSet},
};

/// Returns the endpoints that require or accept `scope` or a scope that it includes.
pub fn endpoints_of(scope: Scope) -> Vec<&'static Operation> {
    let effective = ScopeSet::of(&[scope]).effective();
    let counts = |operation: &&Operation| {
        let scopes = operation.scopes();
        scopes.is_some_and(|scopes| scopes.mentioned().intersects(effective))
    };
    OPERATIONS.iter().filter(counts).collect()
}

/// Returns a harmless GET endpoint that a key with the `effective` scopes can call without
/// parameters: a list if possible, else `/v1/whoami`.
pub fn first_call(effective: ScopeSet) -> &'static str {
    let may_call = |operation: &&Operation| {
        operation.is_public_api()
            && operation.method == "GET"
            && !operation.path.contains('{')
            && operation
                .scopes()
                .is_some_and(|scopes| !scopes.is_empty() && scopes.missing(effective).is_empty())
    };
    let mut paths = OPERATIONS.iter().filter(may_call).map(|row| row.path);
    let first = paths.clone().next();
    let campaigns = paths.find(|path| *path == "/v1/campaigns");
    campaigns.or(first).unwrap_or("/v1/whoami")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(scope: Scope) -> Vec<String> {
        let endpoints = endpoints_of(scope).into_iter();
        endpoints.map(Operation::route).collect()
    }

    #[test]
    fn write_opens_what_read_opens() {
        let routes = routes(Scope::ContactsWrite);
        assert!(routes.contains(&"GET /v1/contacts".into()));
        assert!(routes.contains(&"POST /v1/contacts".into()));
        assert!(!routes.contains(&"DELETE /v1/contacts/{id}".into()));
    }

    #[test]
    fn the_first_call_is_one_that_works() {
        let first = |scopes: &[Scope]| first_call(ScopeSet::of(scopes).effective());
        assert_eq!(first(&[Scope::ContactsWrite]), "/v1/contacts");
        assert_eq!(first(&[Scope::EmailsSend]), "/v1/emails");
        assert_eq!(first(&[Scope::ContactsDelete]), "/v1/whoami");
        assert_eq!(first(&[Scope::AdminBilling]), "/v1/whoami");
    }
}
