//! `GET` and `POST /u/{token}`
//!
//! Programs that inspect all links of an email use GET, so only POST unsubscribes: from the page's
//! button, or directly from the mail client (RFC 8058).

use crate::{
    db::DbConnection,
    error::ApiError,
    mail::links::Kind,
    models::{
        contact::Contact,
        message::{Envelope, event as message_event},
        tenant::Tenant,
    },
    random::new_id,
    routes::links::page::page,
    state::AppState,
};
use actix_web::{HttpResponse, http::StatusCode, web};
use shared::{
    email::EventKind,
    error::ErrorCode,
    ids::{MessageId, TenantId},
};

/// Shows a page that asks for confirmation.
pub async fn confirm_unsubscribe(
    state: web::Data<AppState>,
    token: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = mail_of(&state, &token)?;
    let (envelope, sender) = state.db.read(move |conn| about(conn, &id)).await?;
    let address = escape(&envelope.recipient);
    let sender = escape(&sender);
    Ok(page(
        StatusCode::OK,
        "Unsubscribe",
        &format!(
            "<p>{sender} will send no more mails to <b>{address}</b>.</p>\
             <form method=\"post\"><button>Unsubscribe</button></form>"
        ),
    ))
}

/// Unsubscribes the recipient. Idempotent.
pub async fn unsubscribe(
    state: web::Data<AppState>,
    token: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = mail_of(&state, &token)?;
    let now = state.clock.now_naive();
    let new_id = new_id().map_err(ApiError::internal)?;
    let work = move |conn: &mut DbConnection| {
        let (envelope, sender) = about(conn, &id)?;
        let tenant = TenantId::new(envelope.tenant_id.clone());
        let environment = envelope.environment.parse().map_err(ApiError::internal)?;
        let address = &envelope.recipient;
        Contact::unsubscribe(conn, &tenant, environment, new_id, address, now)?;
        message_event::record_reader(conn, &envelope, EventKind::Unsubscribed, None, now)?;
        Ok((envelope, sender))
    };
    let (envelope, sender) = state.db.write(work).await?;
    let address = escape(&envelope.recipient);
    let sender = escape(&sender);
    Ok(page(
        StatusCode::OK,
        "You are unsubscribed",
        &format!("<p>{sender} will send no more mails to <b>{address}</b>.</p>"),
    ))
}

fn mail_of(state: &AppState, token: &str) -> Result<MessageId, ApiError> {
    let read = state.links().read(Kind::Unsubscribe, token);
    Ok(read.ok_or(ErrorCode::NotFound)?.0)
}

/// Returns the email's envelope and the sender's name.
fn about(conn: &mut DbConnection, id: &MessageId) -> Result<(Envelope, String), ApiError> {
    let envelope = Envelope::get(conn, id)?;
    let tenant = Tenant::get(conn, &TenantId::new(envelope.tenant_id.clone()))?;
    Ok((envelope, tenant.name))
}

fn escape(text: &str) -> String {
    htmlize::escape_text(text).into_owned()
}
