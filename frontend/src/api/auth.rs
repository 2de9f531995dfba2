use super::{ApiError, call, call_ignoring_body, call_with, request};
use shared::{
    ids::SessionId,
    operation,
    page::Page,
    session::{
        ChangePassword, CheckPassword, EnterSudo, Login, PasswordVerdict, SessionEntry,
        SessionView, SessionsEnded, SetUp, SudoView,
    },
};

pub async fn login(email: String, password: String) -> Result<SessionView, ApiError> {
    let body = Login { email, password };
    call_with(request::<operation::Login>(&[]), &body).await
}

pub async fn logout() -> Result<(), ApiError> {
    call_ignoring_body(request::<operation::Logout>(&[])).await
}

/// Returns the current session.
pub async fn get_session() -> Result<SessionView, ApiError> {
    call(request::<operation::GetSession>(&[])).await
}

/// Confirms the password, which allows sensitive actions for 15 minutes.
pub async fn enter_sudo(password: String) -> Result<SudoView, ApiError> {
    call_with(
        request::<operation::EnterSudo>(&[]),
        &EnterSudo { password },
    )
    .await
}

/// Creates the first tenant with its owner, and signs the owner in.
pub async fn set_up(form: &SetUp) -> Result<SessionView, ApiError> {
    call_with(request::<operation::SetUp>(&[]), form).await
}

/// Rates the password of a setup form, which may be incomplete.
pub async fn check_set_up_password(form: &SetUp) -> Result<PasswordVerdict, ApiError> {
    call_with(request::<operation::CheckSetUpPassword>(&[]), form).await
}

/// Rates a new password for the signed-in user.
pub async fn check_password(password: String) -> Result<PasswordVerdict, ApiError> {
    let body = CheckPassword { password };
    call_with(request::<operation::CheckPassword>(&[]), &body).await
}

/// Changes the signed-in user's password and ends the user's other sessions.
pub async fn change_password(form: &ChangePassword) -> Result<SessionsEnded, ApiError> {
    call_with(request::<operation::ChangePassword>(&[]), form).await
}

/// Returns the signed-in user's sessions, last used first.
pub async fn list_sessions() -> Result<Page<SessionEntry>, ApiError> {
    call(request::<operation::ListSessions>(&[])).await
}

pub async fn end_session(id: &SessionId) -> Result<(), ApiError> {
    call_ignoring_body(request::<operation::EndSession>(&[id.as_str()])).await
}

/// Ends all sessions of the signed-in user except the current one.
pub async fn end_other_sessions() -> Result<SessionsEnded, ApiError> {
    call(request::<operation::EndOtherSessions>(&[])).await
}
