//! `PUT /v1/templates/{id}`: creates or replaces a template.

use crate::{
    clock::Clock,
    entity_tag::{Preconditions, tagged_json},
    error::ApiError,
    gateway::caller::ApiCaller,
    json_body::Json,
    mail::template::Source,
    models::template::Template,
    names,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{
    operation::PutTemplate as PutTemplateRow,
    template::{PutTemplate, TemplateView},
};

/// Create or replace a template
///
/// Stores a template under an id of your choice: 1 to 64 of `a-z`, `0-9`, `-` and `_`, beginning
/// with a letter or digit. Responds with 201 for a new template and 200 for a replaced one. Live
/// and test keys have separate templates.
///
/// `{{ name }}` is replaced by the variable, escaped in the HTML. Also supported are
/// `{{ user.name|upper }}`, `{{ name|default("friend") }}`, `{% if vip %}…{% endif %}` and
/// `{% for item in items %}…{% endfor %}`. A variable without a default must be in the request that
/// sends the template.
///
/// With `If-Match`, a template that was changed meanwhile stays as it is: `precondition_failed`.
/// `If-None-Match: *` creates a template and replaces none.
#[utoipa::path(put, path = "/v1/templates/{id}", tag = "Templates",
    params(("id" = String, Path, description = "The template's id", example = "welcome-v1"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what you have read: \
            if it was changed since, the request is refused with `precondition_failed`",
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
    caller: ApiCaller<PutTemplateRow>,
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
    let (key, now) = (caller.key, state.clock.now_naive());
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
