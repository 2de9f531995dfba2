//! `DELETE /v1/templates/{id}`: deletes a template.

use crate::{
    entity_tag::Preconditions, error::ApiError, gateway::caller::ApiCaller,
    models::template::Template, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{error::ErrorCode, operation::DeleteTemplate, page::Deleted};

/// Delete a template
///
/// Deletes a template in the key's environment. Emails that were created from it stay.
#[utoipa::path(delete, path = "/v1/templates/{id}", tag = "Templates",
    params(("id" = String, Path, description = "The template's id", example = "welcome-v1"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what you have read: \
            if it was changed since, the request is refused with `precondition_failed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    responses((status = 200, description = "The template is gone", body = Deleted<String>,
        example = json!({"id": "welcome-v1", "deleted": true}))))]
pub async fn delete_template(
    caller: ApiCaller<DeleteTemplate>,
    state: web::Data<AppState>,
    id: web::Path<String>,
    conditions: Preconditions,
) -> Result<HttpResponse, ApiError> {
    let (key, id) = (caller.key, id.into_inner());
    if !shared::template::is_id(&id) {
        return Err(ErrorCode::NotFound.into());
    }
    let deleted = Deleted::of(id.clone());
    let found = state
        .db
        .write(move |conn| {
            Template::delete(conn, &key.tenant_id, key.environment, &id, &conditions)
        })
        .await?;
    if !found {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(HttpResponse::Ok().json(deleted))
}
