//! The route table for actix: the handler of each path and the middleware around it. Authorization
//! rules are in `shared::operation`; a test compares the two.

use crate::{
    error::ApiError,
    middleware::{require_api_key::RequireApiKey, session::identify},
    routes::{auth, docs, links, ops, platform::api_keys, tenant, v1},
    static_files as spa,
};
use actix_web::{
    HttpResponse,
    middleware::from_fn,
    web::{self, ServiceConfig, delete, get, head, patch, post, put, resource, scope},
};
use shared::error::ErrorCode;

/// Registers all routes.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(scope("/v1").wrap(RequireApiKey).configure(public_api))
        .configure(email_links)
        .service(
            scope("/api/v1")
                .wrap(from_fn(identify))
                .service(resource("/auth/login").route(post().to(auth::login)))
                .service(resource("/auth/logout").route(post().to(auth::logout)))
                .service(resource("/auth/session").route(get().to(auth::get_session)))
                .service(resource("/auth/sudo").route(post().to(auth::enter_sudo)))
                .service(resource("/auth/password").route(post().to(auth::change_password)))
                .service(resource("/auth/password/check").route(post().to(auth::check_password)))
                .service(
                    resource("/auth/setup/check-password")
                        .route(post().to(auth::check_set_up_password)),
                )
                .service(resource("/auth/sessions").route(get().to(auth::list_sessions)))
                .service(
                    resource("/auth/sessions/end-others")
                        .route(post().to(auth::end_other_sessions)),
                )
                .service(resource("/auth/sessions/{id}").route(delete().to(auth::end_session)))
                .service(resource("/auth/setup").route(post().to(auth::set_up)))
                .service(
                    resource("/platform/api-keys")
                        .route(get().to(api_keys::list_api_keys))
                        .route(post().to(api_keys::create_api_key)),
                )
                .service(
                    resource("/platform/api-keys/{id}")
                        .route(get().to(api_keys::get_api_key))
                        .route(patch().to(api_keys::update_api_key))
                        .route(delete().to(api_keys::revoke_api_key)),
                )
                .service(
                    scope("/platform/api-keys/{id}")
                        .route("/rotate", post().to(api_keys::rotate_api_key))
                        .route("/disable", post().to(api_keys::disable_api_key))
                        .route("/enable", post().to(api_keys::enable_api_key))
                        .route("/approve", post().to(api_keys::approve_api_key))
                        .route("/reveal", post().to(api_keys::reveal_api_key))
                        .route(
                            "/playground-token",
                            post().to(api_keys::create_playground_token),
                        ),
                )
                .service(
                    resource("/tenant/plan")
                        .route(get().to(tenant::get_plan))
                        .route(put().to(tenant::change_plan)),
                )
                .service(resource("/tenant/quotas").route(get().to(tenant::get_quotas)))
                .service(resource("/tenant/audit-log").route(get().to(tenant::list_audit_log)))
                .service(resource("/tenant/rate-limit").route(get().to(tenant::get_rate_limit)))
                .service(
                    resource("/tenant/analytics/api-usage").route(get().to(tenant::get_api_usage)),
                )
                .service(
                    resource("/tenant/analytics/api-usage/errors.csv")
                        .route(get().to(tenant::export_errors)),
                )
                .service(
                    resource("/tenant/requests/{request_id}").route(get().to(tenant::get_request)),
                )
                .service(resource("/tenant/live").route(get().to(tenant::stream_live)))
                .default_service(web::to(not_found)),
        )
        .configure(documents)
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
        .service(resource("/metrics").route(get().to(ops::metrics)))
        .default_service(web::to(spa::file_or_page));
}

/// Links in emails. Truncated or damaged links are routed here too.
fn email_links(config: &mut ServiceConfig) {
    config
        .service(
            resource("/t/o/{token:.*}")
                .route(get().to(links::open_mail))
                .route(head().to(links::open_mail)),
        )
        .service(
            resource("/t/c/{token:.*}")
                .route(get().to(links::follow_link))
                .route(head().to(links::follow_link)),
        )
        .service(
            resource("/u/{token:.*}")
                .route(get().to(links::confirm_unsubscribe))
                .route(head().to(links::confirm_unsubscribe))
                .route(post().to(links::unsubscribe)),
        )
        .service(resource("/t/{damaged:.*}").route(web::to(not_found)));
}

/// The documents of the documentation.
fn documents(config: &mut ServiceConfig) {
    config
        .service(
            resource("/openapi.json")
                .route(get().to(docs::openapi_json))
                .route(head().to(docs::openapi_json)),
        )
        .service(
            resource("/openapi.yaml")
                .route(get().to(docs::openapi_yaml))
                .route(head().to(docs::openapi_yaml)),
        )
        .service(
            resource("/openapi-management.json")
                .route(get().to(docs::management_json))
                .route(head().to(docs::management_json)),
        )
        // Must precede the next route, whose hash could match this path.
        .service(
            resource("/docs/openapi-management-{hash}.json")
                .route(get().to(docs::management_of_hash))
                .route(head().to(docs::management_of_hash)),
        )
        .service(
            resource("/docs/openapi-{hash}.json")
                .route(get().to(docs::openapi_of_hash))
                .route(head().to(docs::openapi_of_hash)),
        )
        .service(
            resource("/docs/guides-{hash}.json")
                .route(get().to(docs::guides_of_hash))
                .route(head().to(docs::guides_of_hash)),
        )
        .service(
            resource("/docs/guides.json")
                .route(get().to(docs::guides))
                .route(head().to(docs::guides)),
        );
}

/// The public REST API under `/v1`.
fn public_api(config: &mut ServiceConfig) {
    config
        .service(resource("/whoami").route(get().to(v1::whoami::whoami)))
        .service(
            resource("/contacts")
                .route(get().to(v1::contacts::list_contacts))
                .route(post().to(v1::contacts::upsert_contact)),
        )
        .service(
            resource("/contacts/{id}")
                .route(get().to(v1::contacts::get_contact))
                .route(put().to(v1::contacts::replace_contact))
                .route(delete().to(v1::contacts::delete_contact)),
        )
        .service(resource("/emails/send").route(post().to(v1::emails::send_email)))
        .service(resource("/emails").route(get().to(v1::emails::list_emails)))
        .service(resource("/emails/{id}").route(get().to(v1::emails::get_email)))
        .service(resource("/templates").route(get().to(v1::templates::list_templates)))
        .service(
            resource("/templates/{id}")
                .route(get().to(v1::templates::get_template))
                .route(put().to(v1::templates::put_template))
                .route(delete().to(v1::templates::delete_template)),
        )
        .service(resource("/analytics/emails").route(get().to(v1::analytics::get_email_analytics)))
        .service(
            resource("/campaigns")
                .route(get().to(v1::campaigns::list_campaigns))
                .route(post().to(v1::campaigns::create_campaign)),
        )
        .service(
            resource("/campaigns/{id}")
                .route(get().to(v1::campaigns::get_campaign))
                .route(put().to(v1::campaigns::replace_campaign))
                .route(delete().to(v1::campaigns::delete_campaign)),
        )
        .service(resource("/campaigns/{id}/start").route(post().to(v1::campaigns::start_campaign)))
        .service(resource("/campaigns/{id}/pause").route(post().to(v1::campaigns::pause_campaign)))
        .service(
            resource("/analytics/campaigns/{id}")
                .route(get().to(v1::analytics::get_campaign_analytics)),
        )
        .default_service(web::to(not_found));
}

async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(ErrorCode::NotFound.into())
}
