//! `GET /v1/templates/{id}`: returns one template.

use crate::{
    entity_tag::tagged_json, error::ApiError, gateway::caller::ApiCaller,
    models::template::Template, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{error::ErrorCode, operation::GetTemplate, template::TemplateView};

/// Get a template
///
/// Returns one template in the key's environment.
#[utoipa::path(get, path = "/v1/templates/{id}", tag = "Templates",
    params(("id" = String, Path, description = "The template's id", example = "welcome-v1")),
    responses((status = 200, description = "The template", body = TemplateView,
        example = json!({"id": "welcome-v1", "name": "Welcome",
            "subject": "Welcome to {{ company }}, {{ name }}!",
            "html_body": "<h1>Welcome, {{ name }}!</h1>", "text_body": null,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:30:00Z"}))))]
pub async fn get_template(
    caller: ApiCaller<GetTemplate>,
    state: web::Data<AppState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (key, id) = (caller.key, id.into_inner());
    if !shared::template::is_id(&id) {
        return Err(ErrorCode::NotFound.into());
    }
    let template = state
        .db
        .read(move |conn| Template::get(conn, &key.tenant_id, key.environment, &id))
        .await?
        .ok_or(ErrorCode::NotFound)?;
    tagged_json(HttpResponse::Ok(), &template.into_view())
}
