//! Password checks with rate limits and audit events, and the creation of sessions.

use crate::{
    auth::{cookie, device, password::Caller, refusals},
    db::DbConnection,
    error::ApiError,
    gateway::{address::network_of, context::client_of},
    mail::address::lookup_key,
    models::{
        audit::AuditEvent,
        session::{Session, SignedIn},
        user::User,
    },
    random::new_id,
    state::AppState,
};
use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder,
    http::header::{self, HeaderValue},
};
use shared::{
    audit::{self, Action, ActorKind},
    error::ErrorCode,
    ids::{SessionId, TenantId, UserId},
    key::holds_key,
    session::{Login, PASSWORD_MAX_BYTES, SessionView},
    validate::EMAIL_MAX_BYTES,
};

/// Validates a sign-in form and returns the user. Tokens are taken before the password is checked,
/// and refunded if it is right. Known and unknown accounts take the same time and get the same
/// response.
pub async fn check_login(
    state: &AppState,
    request: &HttpRequest,
    form: Login,
) -> Result<User, ApiError> {
    let wrong = ErrorCode::WrongCredentials;
    let network = network_of(client_of(state, request));
    let refuse = |secs| {
        let error = too_many(secs);
        refusals::record_unknown(state, request, &form.email, error.code());
        error
    };
    if form.email.len() > EMAIL_MAX_BYTES || form.password.len() > PASSWORD_MAX_BYTES {
        let _ = state.login_limits.malformed(network).map_err(refuse)?;
        refusals::record_unknown(state, request, &form.email, wrong);
        return Err(wrong.into());
    }
    let account = lookup_key(&form.email);
    let now = state.clock.now();
    let device = device::recognize(request, &account, &state.secrets, &state.public_url, now);
    let device = device.as_ref().map(<[u8; _]>::as_slice);
    let guess = state
        .login_limits
        .sign_in(&account, network, device)
        .map_err(refuse)?;
    let caller = match device {
        Some(_) => Caller::Known,
        None => Caller::Anonymous,
    };
    let verify = async {
        let email = form.email.clone();
        let find = move |conn: &mut DbConnection| User::by_email(conn, &email);
        let user = state.db.read(find).await?;
        // A disabled user is treated as unknown, so that both take the same time.
        let user = user.filter(|user| user.disabled_at.is_none());
        let stored = user.as_ref().map(|user| user.password_hash.clone());
        let verified = state.passwords.verify(caller, form.password, stored).await;
        Ok((verified?, user))
    };
    match verify.await {
        Ok((true, user)) => {
            guess.give_back();
            user.ok_or_else(|| wrong.into())
        }
        Ok((false, user)) => {
            match user {
                Some(user) => refusals::record(state, request, Action::LoginFailed, &user, wrong),
                None => refusals::record_unknown(state, request, &form.email, wrong),
            }
            Err(wrong.into())
        }
        Err(error) => {
            // The password was not checked.
            guess.give_back();
            Err(error)
        }
    }
}

/// Checks the password that a signed-in user re-enters. Wrong ones count for the session only, so
/// that others cannot use up its attempts.
pub async fn check_own_password(
    state: &AppState,
    request: &HttpRequest,
    signed_in: &SignedIn,
    password: String,
) -> Result<(), ApiError> {
    let SignedIn { user, session, .. } = signed_in;
    let record = |reason| refusals::record(state, request, Action::SudoFailed, user, reason);
    let guess = state.login_limits.session(&session.id).map_err(|secs| {
        let error = too_many(secs);
        record(error.code());
        error
    })?;
    let wrong = ErrorCode::WrongPassword;
    if password.len() <= PASSWORD_MAX_BYTES {
        let stored = Some(user.password_hash.clone());
        match state
            .passwords
            .verify(Caller::Known, password, stored)
            .await
        {
            Ok(true) => {
                guess.give_back();
                return Ok(());
            }
            Ok(false) => {}
            Err(error) => {
                guess.give_back();
                return Err(error);
            }
        }
    }
    record(wrong);
    Err(wrong.into())
}

fn too_many(secs: u32) -> ApiError {
    ApiError::new(ErrorCode::TooManyLoginAttempts).retry_after(secs)
}

/// Signs `user` in: replaces the browser's session, if it had one, and responds with the new
/// session and cookies.
pub async fn respond(
    state: &AppState,
    request: &HttpRequest,
    user: &User,
    mut response: HttpResponseBuilder,
) -> Result<HttpResponse, ApiError> {
    let token = open_session(state, request, user).await?;
    let now = state.clock.now();
    let device = device::issue(&user.email, &state.secrets, &state.public_url, now)
        .map_err(ApiError::internal)?;
    let hash = cookie::token_hash(&token);
    let find = move |conn: &mut DbConnection| Session::find(conn, &hash, now.naive_utc());
    let signed_in = state.db.read(find).await?.ok_or(ErrorCode::NotSignedIn)?;
    Ok(response
        .cookie(cookie::set(token, &state.public_url))
        .cookie(device)
        .json(view(state, request, &signed_in)?))
}

/// Opens a session and returns its token for the cookie. Fails if the user was disabled or given
/// another password since `user` was read.
async fn open_session(
    state: &AppState,
    request: &HttpRequest,
    user: &User,
) -> Result<String, ApiError> {
    let token = cookie::new_token().map_err(ApiError::internal)?;
    let id: SessionId = new_id().map_err(ApiError::internal)?;
    let agent = request.headers().get(header::USER_AGENT);
    let agent = agent.and_then(|agent: &HeaderValue| agent.to_str().ok());
    let agent = agent.filter(|agent| !holds_key(agent));
    let at = state.clock.now_naive();
    let session = Session::new(
        id.into(),
        &user.id,
        cookie::token_hash(&token),
        at,
        client_of(state, request).to_string(),
        agent.unwrap_or_default(),
    );
    let previous = request.extensions().get::<SignedIn>().cloned();
    let replaced = previous.as_ref().map(|by| UserId::new(by.user.id.clone()));
    let previous = previous.map(|previous| {
        let actor = audited(state, request, &previous.user);
        (previous, actor)
    });
    let tenant_id = TenantId::new(user.tenant_id.clone());
    let actor = audited(state, request, user);
    let user = user.clone();
    let write = move |conn: &mut DbConnection| {
        // The password was checked outside of this transaction.
        if !user.is_current(conn)? {
            return Err(ErrorCode::WrongCredentials.into());
        }
        if let Some((previous, actor)) = previous
            && Session::end(conn, &previous.user.id, &previous.session.id)?
        {
            let event = AuditEvent {
                tenant: &previous.tenant.id(),
                actor,
                action: Action::SessionEnded,
                subject_id: &previous.session.id,
                at,
            };
            event.record(conn)?;
        }
        session.insert(conn)?;
        let event = AuditEvent {
            tenant: &tenant_id,
            actor,
            action: Action::SessionStarted,
            subject_id: &session.id,
            at,
        };
        event.record(conn)
    };
    state.db.write(write).await?;
    if let Some(user_id) = replaced {
        state.live.sessions_ended(&user_id);
    }
    Ok(token)
}

/// Returns the actor of the audit event of a sign-in.
pub fn audited(state: &AppState, request: &HttpRequest, user: &User) -> audit::Actor {
    audit::Actor {
        kind: ActorKind::User,
        id: user.id.clone(),
        email: user.email.clone(),
        address: client_of(state, request).to_string(),
    }
}

/// Returns the signed-in user as a response for the client.
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
