//! `GET /v1/emails/{id}`: returns one email.

use crate::{
    error::ApiError, gateway::caller::ApiCaller, jobs::campaign_bodies,
    models::message::list as message_list, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{
    email::EmailDetail,
    ids::MessageId,
    operation::{GetEmail, sees_email_bodies},
};

/// Get an email
///
/// Returns one email in the key's environment, with its bodies and events. A key that has
/// `analytics:read` but not `emails:send` gets it without bodies and without the clicked links.
#[utoipa::path(get, path = "/v1/emails/{id}", tag = "Emails",
    params(("id" = MessageId, Path, description = "The email's id",
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
    caller: ApiCaller<GetEmail>,
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
