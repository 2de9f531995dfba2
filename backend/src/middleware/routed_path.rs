//! The path of a request as the router sees it.

use actix_web::HttpRequest;

/// Returns the path that the router matches, in which `%61` is decoded to `a`. Decisions must
/// depend on this path: the raw path reaches the same handlers in other spellings.
pub fn routed_path(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// Returns `true` if a [routed path](routed_path) belongs to one of the APIs.
pub fn is_api(path: &str) -> bool {
    is_within(path, "/v1") || is_within(path, "/api")
}

/// Returns `true` if `path` is `scope` or below it.
pub fn is_within(path: &str, scope: &str) -> bool {
    path.strip_prefix(scope)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
