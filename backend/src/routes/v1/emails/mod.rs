//! `/v1/emails`: emails and their delivery.

mod send;

use crate::{
    endpoint::endpoint,
    error::ApiError,
    gateway::caller::ApiCaller,
    jobs::campaign_bodies,
    json,
    mail::address::lookup_key,
    models::message::{list as message_list, list::EmailFilter},
    names::normalized,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{
    email::{EmailDetail, EmailStatus, EmailView},
    ids::MessageId,
    operation::{self, sees_email_bodies},
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
    /// Only emails to this address, in the format `name@example.com`, ignoring upper and lower case.
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
/// Returns the emails in the key's environment, including those of campaigns, newest first. Bodies
/// and events are left out. Use it to find emails by status, tag or recipient, and get one of them
/// by its id to see what happened to it.
#[endpoint(operation::ListEmails, examples(InvalidQuery("limit", "Use 1 to 100.")),
    tag = "Emails", params(ListQuery),
    responses((status = 200, description = "A page of emails", body = Page<EmailView>,
        example = json!({"data": [{"id": "msg_8sJd2kLm4nPq6rSt", "status": "sent",
            "from": "Acme <hello@acme.example>", "to": "user@example.com",
            "subject": "Welcome to Acme Corp, Alice!", "tags": ["onboarding", "welcome"],
            "campaign_id": null, "created_at": "2025-11-25T10:30:00Z",
            "sent_at": "2025-11-25T10:30:01Z"}], "total": 1, "next_cursor": null}))))]
pub async fn list_emails(
    caller: ApiCaller<operation::ListEmails>,
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

/// Get an email
///
/// Returns one email in the key's environment, with its bodies and events. A key that has
/// `analytics:read` but not `emails:send` gets it without bodies and without the clicked links.
/// Use it to learn whether an email that you have sent was delivered, opened or bounced.
#[endpoint(operation::GetEmail, errors(MethodNotAllowed), tag = "Emails",
    params(("id" = MessageId, Path, description = "Identifier of the email, with the prefix `msg_`",
        example = "msg_8sJd2kLm4nPq6rSt")),
    responses((status = 200, description = "The email", body = EmailDetail,
        example = json!({"id": "msg_8sJd2kLm4nPq6rSt", "status": "sent",
            "from": "Acme <hello@acme.example>", "to": "user@example.com",
            "subject": "Welcome to Acme Corp, Alice!", "tags": ["onboarding", "welcome"],
            "campaign_id": null, "created_at": "2025-11-25T10:30:00Z",
            "sent_at": "2025-11-25T10:30:01Z", "html_body": "<h1>Welcome, Alice!</h1>",
            "html_as_sent": "<h1>Welcome, Alice!</h1><img src=\"https://…/t/o/…\">",
            "text_body": null, "track_opens": true, "track_clicks": true, "captured": false,
            "attempts": 1, "next_attempt_at": null, "last_error": null,
            "events": [{"kind": "sent", "at": "2025-11-25T10:30:01Z"},
                {"kind": "opened", "at": "2025-11-25T11:02:10Z"}]}))))]
pub async fn get_email(
    caller: ApiCaller<operation::GetEmail>,
    state: web::Data<AppState>,
    id: web::Path<MessageId>,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let sees_bodies = sees_email_bodies(key.effective);
    let found = state
        .db
        .read(move |conn| message_list::get(conn, &key.tenant_id, key.environment, &id));
    let mut found = found.await?;
    if sees_bodies {
        let body = found.campaign_body.take();
        campaign_bodies::fill_to_show(&state, &mut found.message, body).await?;
    }
    let links = state.links();
    let detail = web::block(move || found.into_detail(&links)).await;
    let email = detail.map_err(ApiError::internal)??;
    let email = if sees_bodies {
        email
    } else {
        email.without_bodies()
    };
    Ok(HttpResponse::Ok().json(email))
}
