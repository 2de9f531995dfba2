//! Signing in and out.

use super::{ApiError, call, call_for_nothing, call_with};
use gloo_net::http::Request;
use shared::session::{EnterSudo, Login, SessionView, SetUp, SudoView};

/// Signs in.
pub async fn login(email: String, password: String) -> Result<SessionView, ApiError> {
    let body = Login { email, password };
    call_with(Request::post("/api/v1/auth/login"), &body).await
}

/// Signs out.
pub async fn logout() -> Result<(), ApiError> {
    call_for_nothing(Request::post("/api/v1/auth/logout")).await
}

/// Who is signed in.
pub async fn get_session() -> Result<SessionView, ApiError> {
    call(Request::get("/api/v1/auth/session")).await
}

/// Enters the password again, which opens the dangerous actions for 15 minutes.
pub async fn enter_sudo(password: String) -> Result<SudoView, ApiError> {
    call_with(Request::post("/api/v1/auth/sudo"), &EnterSudo { password }).await
}

/// Creates the first company and its owner, and signs the owner in.
pub async fn set_up(request: &SetUp) -> Result<SessionView, ApiError> {
    call_with(Request::post("/api/v1/auth/setup"), request).await
}
