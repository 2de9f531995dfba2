//! The routes of the server, and the middleware around them. Those of the APIs are generated from
//! the route table in `shared::operation`.

use crate::{
    endpoint::ENDPOINTS,
    error::ApiError,
    middleware::{require_api_key::RequireApiKey, session::identify},
    routes::{docs, links, ops, well_known},
    static_files,
};
use actix_web::{
    FromRequest, Handler, HttpResponse, Resource, Responder,
    http::Method,
    middleware::from_fn,
    web::{self, ServiceConfig, get, head, post, resource, scope},
};
use shared::error::ErrorCode;

/// Registers all routes.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(
            scope("/v1")
                .wrap(RequireApiKey)
                .configure(|config| operations(config, "/v1")),
        )
        .configure(email_links)
        .service(
            scope("/api/v1")
                .wrap(from_fn(identify))
                .configure(|config| operations(config, "/api/v1")),
        )
        .configure(documents)
        .service(readable("/healthz", ops::healthz))
        .service(readable("/readyz", ops::readyz))
        .service(resource("/metrics").route(get().to(ops::metrics)))
        .default_service(web::to(static_files::file_or_page));
}

/// Registers the operations below `prefix`. Literal paths precede those with parameters, which
/// could match them.
fn operations(config: &mut ServiceConfig, prefix: &str) {
    let mut resources: Vec<(&str, Resource)> = Vec::new();
    for endpoint in ENDPOINTS {
        let operation = endpoint.operation;
        let Some(path) = operation.path.strip_prefix(prefix) else {
            continue;
        };
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or_default();
        let route = (endpoint.route)(web::method(method));
        match resources.iter().position(|(other, _)| *other == path) {
            Some(index) => {
                let (_, resource) = resources.remove(index);
                resources.insert(index, (path, resource.route(route)));
            }
            None => resources.push((path, resource(path).route(route))),
        }
    }
    resources.sort_by_key(|(path, _)| path.contains('{'));
    for (_, resource) in resources {
        config.service(resource);
    }
    config.default_service(web::to(not_found));
}

/// Links in emails. Truncated or damaged links are routed here too.
fn email_links(config: &mut ServiceConfig) {
    config
        .service(readable("/t/o/{token:.*}", links::open_mail))
        .service(readable("/t/c/{token:.*}", links::follow_link))
        .service(
            readable("/u/{token:.*}", links::confirm_unsubscribe)
                .route(post().to(links::unsubscribe)),
        )
        .service(resource("/t/{damaged:.*}").route(web::to(not_found)));
}

/// The published documents.
fn documents(config: &mut ServiceConfig) {
    config
        .service(readable("/openapi.json", docs::openapi_json))
        .service(readable("/openapi.yaml", docs::openapi_yaml))
        .service(readable("/openapi-management.json", docs::management_json))
        .service(readable("/docs/data/{hash}/{file:.*}", docs::data))
        .service(readable("/llms.txt", docs::llms))
        .service(readable("/llms-full.txt", docs::llms_full))
        .service(readable(
            "/.well-known/api-catalog",
            well_known::api_catalog,
        ))
        .service(readable(
            "/.well-known/security.txt",
            well_known::security_txt,
        ));
}

/// Returns a resource with `GET` and `HEAD`.
fn readable<H, A>(path: &str, handler: H) -> Resource
where
    H: Handler<A>,
    A: FromRequest + 'static,
    H::Output: Responder + 'static,
{
    resource(path)
        .route(get().to(handler.clone()))
        .route(head().to(handler))
}

async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(ErrorCode::NotFound.into())
}
