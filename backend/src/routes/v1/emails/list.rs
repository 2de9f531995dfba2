//! `GET /v1/emails`: lists emails.

use crate::{
    error::ApiError,
    gateway::caller::ApiCaller,
    json,
    mail::address::lookup_key,
    models::message::{list as message_list, list::EmailFilter},
    names::normalized,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{
    email::{EmailStatus, EmailView},
    operation::ListEmails,
    page::Page,
};

/// Query parameters of the list of emails.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only emails in this status.
    #[param(example = "bounced", inline)]
    status: Option<EmailStatus>,
    /// Only emails with this tag (case-sensitive).
    #[param(example = "onboarding")]
    tag: Option<String>,
    /// Only emails to this address, ignoring upper and lower case.
    #[param(example = "user@example.com")]
    to: Option<String>,
    /// The number of emails per page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// List emails
///
/// Returns the emails in the key's environment, including those of campaigns, newest first.
#[utoipa::path(get, path = "/v1/emails", tag = "Emails", params(ListQuery),
    responses((status = 200, description = "A page of emails", body = Page<EmailView>,
        example = json!({"data": [{"id": "msg_8sJd2kLm4nPq6rSt", "status": "sent",
            "from": "Acme <hello@acme.example>", "to": "user@example.com",
            "subject": "Welcome to Acme Corp, Alice!", "tags": ["onboarding", "welcome"],
            "campaign_id": null, "created_at": "2025-11-25T10:30:00Z",
            "sent_at": "2025-11-25T10:30:01Z"}], "total": 1, "next_cursor": null}))))]
pub async fn list_emails(
    caller: ApiCaller<ListEmails>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: ListQuery = json::parse_query(&request)?;
    let filter = EmailFilter {
        status: query.status,
        tag: query
            .tag
            .filter(|tag| !tag.is_empty())
            .map(|tag| normalized(&tag)),
        to: query
            .to
            .filter(|to| !to.is_empty())
            .map(|to| lookup_key(&to)),
        limit: json::page_limit(query.limit)?,
        after: json::cursor(query.cursor.as_deref())?,
    };
    let key = caller.key;
    let page = state
        .db
        .read(move |conn| message_list::list(conn, &key.tenant_id, key.environment, filter))
        .await?;
    Ok(HttpResponse::Ok().json(page))
}
