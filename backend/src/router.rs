//! THE route table, as actix needs it: which handler answers at which path, and
//! which middleware stands in front. Who may call what is in
//! `shared::operation`; a test compares the two.

use crate::{
    auth::identify::identify,
    error::ApiError,
    gateway::{admit::BODY_MAX_BYTES, guard::guard},
    metrics::metrics,
    openapi,
    routes::{auth, ops, platform::api_keys, tenant, v1},
    state::AppState,
    web as spa,
};
use actix_web::{
    HttpResponse,
    middleware::from_fn,
    web::{self, PayloadConfig, ServiceConfig, delete, get, head, post, resource, scope},
};
use shared::error::ErrorCode;

/// Adds every route.
pub fn configure(config: &mut ServiceConfig) {
    config
        .app_data(PayloadConfig::new(BODY_MAX_BYTES))
        .service(
            scope("/v1")
                .wrap(from_fn(guard))
                .service(resource("/whoami").route(get().to(v1::whoami::whoami)))
                .service(
                    resource("/contacts")
                        .route(get().to(v1::contacts::list_contacts))
                        .route(post().to(v1::contacts::upsert_contact)),
                )
                .default_service(web::to(not_found)),
        )
        .service(
            scope("/api/v1")
                .wrap(from_fn(identify))
                .service(resource("/auth/login").route(post().to(auth::login)))
                .service(resource("/auth/logout").route(post().to(auth::logout)))
                .service(resource("/auth/session").route(get().to(auth::get_session)))
                .service(resource("/auth/sudo").route(post().to(auth::enter_sudo)))
                .service(resource("/auth/setup").route(post().to(auth::set_up)))
                .service(
                    resource("/platform/api-keys")
                        .route(get().to(api_keys::list_api_keys))
                        .route(post().to(api_keys::create_api_key)),
                )
                .service(
                    resource("/platform/api-keys/{id}")
                        .route(get().to(api_keys::get_api_key))
                        .route(delete().to(api_keys::revoke_api_key)),
                )
                .service(resource("/tenant/rate-limit").route(get().to(tenant::get_rate_limit)))
                .service(resource("/tenant/live").route(get().to(tenant::stream_live)))
                .default_service(web::to(not_found)),
        )
        .service(
            resource("/openapi.json")
                .route(get().to(openapi_json))
                .route(head().to(openapi_json)),
        )
        .service(
            resource("/healthz")
                .route(get().to(ops::healthz))
                .route(head().to(ops::healthz)),
        )
        .service(
            resource("/readyz")
                .route(get().to(ops::readyz))
                .route(head().to(ops::readyz)),
        )
        .service(resource("/metrics").route(get().to(metrics)))
        .default_service(web::to(spa::file_or_page));
}

async fn openapi_json(state: web::Data<AppState>) -> HttpResponse {
    HttpResponse::Ok().json(openapi::document(&state.public_url.origin))
}

async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(ErrorCode::NotFound.into())
}
