//! Checking a password with everything that goes with it, and opening a session.

use crate::{
    auth::cookie,
    db::DbConnection,
    error::ApiError,
    gateway::{failed_attempts::network_of, guard::client_of},
    keys::format::random_base62,
    models::{
        audit::Deed,
        session::{Session, SignedIn},
        user::User,
    },
    state::AppState,
};
use actix_web::{HttpRequest, http::header};
use shared::{
    audit::{self, Action, ActorKind},
    error::ErrorCode,
    ids::{SessionId, TenantId},
    session::{PASSWORD_MAX_BYTES, SessionView},
};

/// Checks a password and counts failures by account and by address. Known and
/// unknown accounts cost and answer the same.
pub async fn check_password(
    state: &AppState,
    request: &HttpRequest,
    email: &str,
    password: String,
    stored: Option<String>,
    wrong: ErrorCode,
) -> Result<(), ApiError> {
    let account = email.to_lowercase();
    let network = network_of(client_of(state, request));
    let too_many = |secs| ApiError::new(ErrorCode::TooManyLoginAttempts).retry_after(secs);
    // While there were too many, not even the right password is looked at.
    state
        .failed_logins_by_account
        .check(&account)
        .map_err(too_many)?;
    state
        .failed_logins_by_address
        .check(&network)
        .map_err(too_many)?;
    if password.len() <= PASSWORD_MAX_BYTES && state.passwords.verify(password, stored).await? {
        return Ok(());
    }
    state
        .failed_logins_by_account
        .count(&account)
        .map_err(too_many)?;
    state
        .failed_logins_by_address
        .count(&network)
        .map_err(too_many)?;
    Err(wrong.into())
}

/// Opens a session. Returns its token, for the cookie. Refuses if the user was disabled
/// or given another password since `user` was read.
pub async fn open_session(
    state: &AppState,
    request: &HttpRequest,
    user: &User,
) -> Result<String, ApiError> {
    let token = cookie::new_token().map_err(ApiError::internal)?;
    let id = random_base62(16).map_err(ApiError::internal)?;
    let agent = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    let session = Session::new(
        format!("{}{id}", SessionId::PREFIX),
        &user.id,
        cookie::token_hash(&token),
        state.clock.now_naive(),
        client_of(state, request).to_string(),
        agent.unwrap_or_default(),
    );
    let tenant_id = TenantId::new(user.tenant_id.clone());
    let actor = audited(state, request, user);
    let at = state.clock.now_naive();
    let user = user.clone();
    let write = move |conn: &mut DbConnection| {
        // The password was checked outside this transaction.
        if !user.is_current(conn)? {
            return Err(ErrorCode::WrongCredentials.into());
        }
        session.insert(conn)?;
        let deed = Deed {
            tenant: &tenant_id,
            actor,
            action: Action::SessionStarted,
            subject_id: &session.id,
            at,
        };
        deed.log(conn)
    };
    state.db.write(write).await?;
    Ok(token)
}

/// Somebody who is about to be signed in, for the audit log.
pub fn audited(state: &AppState, request: &HttpRequest, user: &User) -> audit::Actor {
    audit::Actor {
        kind: ActorKind::User,
        id: user.id.clone(),
        email: user.email.clone(),
        address: client_of(state, request).to_string(),
    }
}

/// Who is signed in, as clients see it.
pub fn view(
    state: &AppState,
    request: &HttpRequest,
    signed_in: &SignedIn,
) -> Result<SessionView, ApiError> {
    let now = state.clock.now_naive();
    Ok(SessionView {
        user: signed_in.user.view()?,
        tenant: signed_in.tenant.view()?,
        sudo_expires_at: signed_in
            .session
            .sudo_until
            .filter(|until| *until > now)
            .map(|until| until.and_utc()),
        demo: signed_in.tenant.demo,
        address: client_of(state, request).to_string(),
    })
}
