//! Logging of refused sign-ins, wrong passwords and refused calls of the dashboard (ASVS 5.0,
//! section 16.3). Each is logged immediately and, if the account is known, added to its tenant's
//! audit log. Repeats are coalesced, so that a flood fills neither.
//!
//! Recording only updates memory, which takes the same time for known and unknown accounts.
//! [`flush`] writes the audit log each second, [`report_repeats`] logs the repeat counts each
//! minute.

use super::refusal_log::LogLine;
use crate::{
    error::ApiError,
    gateway::{address::network_of, context::client_of},
    models::{audit::AuditEvent, session::SignedIn, user::User},
    state::AppState,
};
use actix_web::{HttpMessage, HttpRequest, body::BoxBody, dev::ServiceResponse};
use shared::{
    audit::Action,
    error::ErrorCode,
    operation::{GetSession, Row},
};
use std::net::IpAddr;

/// Records a refusal that concerns `user`'s account.
pub fn record(
    state: &AppState,
    request: &HttpRequest,
    action: Action,
    user: &User,
    reason: ErrorCode,
) {
    let client = client_of(state, request);
    log(state, action, &user.email, client, reason);
    // Re-entering the password is part of normal use.
    if reason == ErrorCode::SudoRequired {
        return;
    }
    let hour = state.clock.now_ms() / 3_600_000;
    state
        .refusals
        .audit
        .lock()
        .record(hour, action, user, client, reason);
}

/// Records a refused sign-in to an account that does not exist or was not looked up. The email
/// address is shortened: some users type their password into its field.
pub fn record_unknown(state: &AppState, request: &HttpRequest, email: &str, reason: ErrorCode) {
    let client = client_of(state, request);
    let account = shortened(email);
    log(state, Action::LoginFailed, &account, client, reason);
}

/// Records a call to `/api/v1` that was refused with 401 or 403. Wrong passwords are recorded by
/// the password check.
pub fn record_response(state: &AppState, response: &ServiceResponse<BoxBody>) {
    if !matches!(response.status().as_u16(), 401 | 403) {
        return;
    }
    let error = response.response().error();
    let Some(error) = error.and_then(|error| error.as_error::<ApiError>()) else {
        return;
    };
    let request = response.request();
    let reason = error.code();
    let is_recorded = matches!(
        reason,
        ErrorCode::WrongCredentials | ErrorCode::WrongPassword
    );
    // The dashboard calls this to find out whether it is signed in.
    let is_question =
        reason == ErrorCode::NotSignedIn && request.path() == GetSession::OPERATION.path;
    if is_recorded || is_question {
        return;
    }
    match request.extensions().get::<SignedIn>() {
        Some(by) => record(state, request, Action::CallRefused, &by.user, reason),
        None => log(
            state,
            Action::CallRefused,
            "",
            client_of(state, request),
            reason,
        ),
    }
}

fn log(state: &AppState, action: Action, account: &str, client: IpAddr, reason: ErrorCode) {
    let network = network_of(client);
    let line = LogLine {
        action,
        account: account.to_owned(),
        network,
        reason,
    };
    if !state.refusals.log.is_first(line) {
        return;
    }
    let action = action.as_str();
    match reason {
        ErrorCode::SudoRequired | ErrorCode::NotSignedIn => {
            tracing::info!(action, account, %network, %reason, "refused");
        }
        _ => tracing::warn!(action, account, %network, %reason, "refused"),
    }
}

/// Logs the number of repeats of the last minute's refusals.
pub fn report_repeats(state: &AppState) {
    let repeats = state.refusals.log.drain();
    for (line, repeats) in repeats.listed {
        let LogLine {
            action,
            account,
            network,
            reason,
        } = line;
        let action = action.as_str();
        tracing::warn!(action, account, %network, %reason, repeats, "refused again");
    }
    if repeats.unlisted > 0 {
        let repeats = repeats.unlisted;
        tracing::warn!(repeats, "more requests were refused than can be listed");
    }
}

/// Writes the audit log. Entries that could not be written are kept for the next call.
pub async fn flush(state: &AppState) -> Result<(), ApiError> {
    let at = state.clock.now_naive();
    let entries = {
        let mut audit = state.refusals.audit.lock();
        audit.start_hour(state.clock.now_ms() / 3_600_000);
        std::mem::take(&mut audit.pending)
    };
    if entries.is_empty() {
        return Ok(());
    }
    let entries = std::sync::Arc::new(entries);
    let to_write = entries.clone();
    let written = state.db.write(move |conn| {
        for entry in to_write.iter() {
            let event = AuditEvent {
                tenant: &entry.account.tenant,
                actor: entry.actor.clone(),
                action: entry.action,
                subject_id: &entry.account.user_id,
                at,
            };
            event.record_created(conn, &entry.details)?;
        }
        Ok(())
    });
    let written = written.await;
    if written.is_err()
        && let Some(entries) = std::sync::Arc::into_inner(entries)
    {
        let mut audit = state.refusals.audit.lock();
        for entry in entries {
            audit.queue(entry);
        }
    }
    written
}

/// The first character and the domain of an email address; nothing of another text.
fn shortened(email: &str) -> String {
    if !shared::validate::is_email(email) {
        return "(no email address)".to_owned();
    }
    let first: String = email.chars().take(1).collect();
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    format!("{first}***@{domain}").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_addresses_are_shortened() {
        assert_eq!(shortened("Olga.Petrova@First.test"), "o***@first.test");
        for text in ["correct horse battery", "", "a@b@c", "@", "a\n@first.test"] {
            assert_eq!(shortened(text), "(no email address)");
        }
    }
}
