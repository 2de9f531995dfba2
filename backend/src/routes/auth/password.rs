//! `POST /api/v1/auth/password`: changes the user's password.

use crate::{
    auth::{authorized::Authorized, cookie, sign_in},
    endpoint::endpoint,
    error::ApiError,
    json_body::Json,
    models::{
        audit::audit_fields, message::NewMessage, playground_token::PlaygroundToken,
        session::Session,
    },
    routes::auth::check_password::find_error,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::json;
use shared::{
    audit::Action,
    error::{ErrorCode, FieldError},
    ids::UserId,
    operation,
    session::{ChangePassword, SessionsEnded},
    user_agent,
};

/// Changes the user's password. Ends the user's other sessions, gives this one a new token, and
/// notifies the user by email.
#[endpoint(operation::ChangePassword)]
pub async fn change_password(
    caller: Authorized<operation::ChangePassword>,
    state: web::Data<AppState>,
    request: HttpRequest,
    Json(form): Json<ChangePassword>,
) -> Result<HttpResponse, ApiError> {
    let signed_in = caller.signed_in()?;
    form.validate().map_err(ApiError::fields)?;
    let user = signed_in.user.clone();
    let is_same = form.new_password == form.current_password;
    let wrong = ErrorCode::WrongPassword;
    let current = form.current_password;
    sign_in::check_own_password(&state, &request, signed_in, current).await?;
    if is_same {
        let message = "This is your current password. Choose a different one.";
        let error = FieldError::new("new_password", ErrorCode::InvalidField, message);
        return Err(ApiError::fields(vec![error]));
    }
    let new = form.new_password.clone();
    let company = signed_in.tenant.name.clone();
    let error = find_error(
        "new_password",
        new,
        user.email.clone(),
        user.name.clone(),
        company,
    );
    if let Some(error) = error.await? {
        return Err(ApiError::fields(vec![error]));
    }
    let password_hash = state.passwords.hash(form.new_password).await?;
    let token = cookie::new_token().map_err(ApiError::internal)?;
    let token_hash = cookie::token_hash(&token);
    let notice = notice(&caller, &request, &state)?;
    let user_id = UserId::new(user.id.clone());
    let now = state.clock.now_naive();
    let ended = state
        .db
        .write(move |conn| {
            // The current password was checked outside of this transaction.
            if !user.is_current(conn)? {
                return Err(wrong.into());
            }
            let session = &caller.signed_in()?.session;
            Session::renew(conn, &session.id, &session.token_hash, &token_hash, now)?;
            let ended = Session::end_all(conn, &user.id, Some(&session.id))?;
            PlaygroundToken::end_of_session(conn, &session.id)?;
            let mut changed = user;
            changed.password_hash = password_hash;
            changed.save(conn)?;
            let event = caller.audit_event(Action::UserPasswordChanged, &changed.id, now);
            event.record_created(conn, &audit_fields([("sessions_ended", json!(ended))]))?;
            notice.queue(conn, now)?;
            Ok(ended)
        })
        .await?;
    state.live.sessions_ended(&user_id);
    state.mail.wake();
    Ok(HttpResponse::Ok()
        .cookie(cookie::set(token, &state.public_url))
        .json(SessionsEnded {
            ended: u64::try_from(ended).map_err(ApiError::internal)?,
        }))
}

fn notice(
    caller: &Authorized<operation::ChangePassword>,
    request: &HttpRequest,
    state: &AppState,
) -> Result<NewMessage, ApiError> {
    let email = &caller.signed_in()?.user.email;
    let agent = request.headers().get(header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok());
    let text = format!(
        "The password of your account {email} was changed on {date} from {address} ({browser}). \
         All your other sessions have ended.\n\n\
         If that was not you, someone else can sign in as you. Ask the person who runs the server \
         to set a new password for you at once: penguinmails admin set-password --email {email}\n",
        date = state.clock.now().format("%d %B %Y at %H:%M UTC"),
        address = caller.address,
        browser = user_agent::describe(agent.unwrap_or_default()),
    );
    let tenant = caller.tenant_id.clone();
    let subject = "Your password was changed";
    Ok(NewMessage::notice(tenant, email, subject, &text))
}
