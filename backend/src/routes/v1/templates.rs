//! `/v1/templates`: email templates.

use crate::{
    clock::Clock,
    endpoint::{Bound, endpoint, message},
    entity_tag::{Preconditions, tagged_json},
    error::ApiError,
    gateway::caller::ApiCaller,
    json,
    json_body::Json,
    mail::template::Source,
    models::template::Template,
    names,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{
    email::{BODY_MAX_BYTES, SUBJECT_MAX_CHARS},
    error::ErrorCode,
    operation,
    page::{Deleted, Page},
    template::{NAME_MAX_CHARS, PutTemplate, TemplateView},
};

const BOUNDS: &[(&str, Bound)] = &[
    ("name", Bound::Text(0, NAME_MAX_CHARS)),
    ("subject", Bound::Text(1, SUBJECT_MAX_CHARS)),
    ("html_body", Bound::Text(1, BODY_MAX_BYTES)),
    ("text_body", Bound::Text(1, BODY_MAX_BYTES)),
];

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
/// Returns all templates in the key's environment with subject and bodies, newest first. Live and
/// test keys see different ones. Use it to find out which `template_id` a send or campaign can
/// name.
#[endpoint(operation::ListTemplates, examples(InvalidQuery("limit", "Use 1 to 100.")),
    tag = "Templates", params(ListQuery),
    responses((status = 200, description = "A page of templates", body = Page<TemplateView>,
        example = json!({"data": [{"id": "welcome-v1", "name": "Welcome",
            "subject": "Welcome to {{ company }}, {{ name }}!",
            "html_body": "<h1>Welcome, {{ name }}!</h1>", "text_body": null,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:30:00Z"}],
            "total": 1, "next_cursor": null}))))]
pub async fn list_templates(
    caller: ApiCaller<operation::ListTemplates>,
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

/// Get a template
///
/// Returns subject, HTML and text of the template with this id, as they were stored, and its
/// `ETag`. Variables are not filled in. Use it before editing a template, or to see which variables
/// a send must include.
#[endpoint(operation::GetTemplate, etag, tag = "Templates",
    params(("id" = String, Path, description = "Identifier of the template, as chosen by the client", example = "welcome-v1")),
    responses((status = 200, description = "The template", body = TemplateView,
        example = json!({"id": "welcome-v1", "name": "Welcome",
            "subject": "Welcome to {{ company }}, {{ name }}!",
            "html_body": "<h1>Welcome, {{ name }}!</h1>", "text_body": null,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:30:00Z"}))))]
pub async fn get_template(
    caller: ApiCaller<operation::GetTemplate>,
    state: web::Data<AppState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let id = id.into_inner();
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

/// Create or replace a template
///
/// Creates a template under an id of your choice, or replaces the one with this id: 1 to 64 of
/// `a-z`, `0-9`, `-` and `_`, beginning with a letter or digit. Responds with 201 for a new
/// template and 200 for a replaced one. Live and test keys have separate templates. Use it to
/// publish a new version: later sends and starts of campaigns use it, and emails that exist already
/// stay as they are.
///
/// `{{ name }}` is replaced by the variable, escaped in the HTML. Also supported are
/// `{{ user.name|upper }}`, `{{ name|default("friend") }}`, `{% if vip %}…{% endif %}` and
/// `{% for item in items %}…{% endfor %}`. A variable without a default must be in the request that
/// sends the template.
///
/// With `If-Match`, a template that was changed meanwhile stays as it is: `precondition_failed`.
/// `If-None-Match: *` creates a template and replaces none.
#[endpoint(operation::PutTemplate, etag, retry(Retry::SameEffect),
    errors(QuotaExceeded, PreconditionFailed),
    examples(InvalidField("subject", message::EMPTY), UnknownField("html", message::UNKNOWN_NAME)),
    bounds(BOUNDS), tag = "Templates",
    params(("id" = String, Path, description = "Identifier of the template, as chosen by the client", example = "welcome-v1"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read: if the \
            resource has changed since, the response is 412 `precondition_failed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\""),
        ("If-None-Match" = Option<String>, Header, description = "`*` to create the template only \
            if there is none with this id", example = "*")),
    request_body(content = PutTemplate, example = json!({"name": "Welcome",
        "subject": "Welcome to {{ company }}, {{ name }}!",
        "html_body": "<h1>Welcome, {{ name }}!</h1>"})),
    responses(
        (status = 200, description = "The template, replaced", body = TemplateView,
            example = json!({"id": "welcome-v1", "name": "Welcome",
            "subject": "Welcome to {{ company }}, {{ name }}!",
            "html_body": "<h1>Welcome, {{ name }}!</h1>", "text_body": null,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-12-01T08:00:00Z"})),
        (status = 201, description = "The template, created", body = TemplateView,
            example = json!({"id": "welcome-v1", "name": "Welcome",
            "subject": "Welcome to {{ company }}, {{ name }}!",
            "html_body": "<h1>Welcome, {{ name }}!</h1>", "text_body": null,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:30:00Z"}))))]
pub async fn put_template(
    caller: ApiCaller<operation::PutTemplate>,
    state: web::Data<AppState>,
    id: web::Path<String>,
    conditions: Preconditions,
    Json(mut input): Json<PutTemplate>,
) -> Result<HttpResponse, ApiError> {
    names::normalize(&mut input.name);
    input.validate(&id).map_err(ApiError::fields)?;
    let check = move |clock: &Clock| {
        let source = Source {
            subject: &input.subject,
            html_body: &input.html_body,
            text_body: input.text_body.as_deref(),
        };
        source.check(clock).map(|()| input)
    };
    let tenant = &caller.key.tenant_id;
    let checked = state.mail.templates.run(tenant, check).await?;
    let input = checked.map_err(ApiError::fields)?;
    let key = caller.key;
    let now = state.clock.now_naive();
    let (template, is_new) = state
        .db
        .write(move |conn| {
            Template::put(
                conn,
                &key.tenant_id,
                key.environment,
                &id,
                input,
                &conditions,
                now,
            )
        })
        .await?;
    let answer = if is_new {
        HttpResponse::Created()
    } else {
        HttpResponse::Ok()
    };
    tagged_json(answer, &template.into_view())
}

/// Delete a template
///
/// Deletes a template in the key's environment; this cannot be undone. Emails that were created
/// from it and campaigns that were started with it stay. Sends and drafts that name it are refused
/// from now on with `unknown_template`. Use it once nothing refers to the template any more.
#[endpoint(operation::DeleteTemplate, retry(Retry::Refused(ErrorCode::NotFound)),
    errors(PreconditionFailed), tag = "Templates",
    params(("id" = String, Path, description = "Identifier of the template, as chosen by the client", example = "welcome-v1"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read: if the \
            resource has changed since, the response is 412 `precondition_failed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    responses((status = 200, description = "The template was deleted", body = Deleted<String>,
        example = json!({"id": "welcome-v1", "deleted": true}))))]
pub async fn delete_template(
    caller: ApiCaller<operation::DeleteTemplate>,
    state: web::Data<AppState>,
    id: web::Path<String>,
    conditions: Preconditions,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let id = id.into_inner();
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
