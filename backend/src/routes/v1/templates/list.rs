//! `GET /v1/templates`: lists templates.

use crate::{
    error::ApiError, gateway::caller::ApiCaller, json, models::template::Template, state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{operation::ListTemplates, page::Page, template::TemplateView};

/// Query parameters of the list of templates.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// The number of templates per page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// List templates
///
/// Returns the templates in the key's environment, newest first.
#[utoipa::path(get, path = "/v1/templates", tag = "Templates", params(ListQuery),
    responses((status = 200, description = "A page of templates", body = Page<TemplateView>,
        example = json!({"data": [{"id": "welcome-v1", "name": "Welcome",
            "subject": "Welcome to {{ company }}, {{ name }}!",
            "html_body": "<h1>Welcome, {{ name }}!</h1>", "text_body": null,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:30:00Z"}],
            "total": 1, "next_cursor": null}))))]
pub async fn list_templates(
    caller: ApiCaller<ListTemplates>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: ListQuery = json::parse_query(&request)?;
    let after = json::cursor(query.cursor.as_deref())?;
    let limit = json::page_limit(query.limit)?;
    let key = caller.key;
    let page: Page<TemplateView> = state
        .db
        .read(move |conn| Template::list(conn, &key.tenant_id, key.environment, limit, after))
        .await?;
    Ok(HttpResponse::Ok().json(page))
}
