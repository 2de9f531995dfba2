//! `POST /api/v1/auth/login`: signs a user in.

use crate::{auth::sign_in, error::ApiError, json_body::Json, state::AppState};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::session::Login;

/// Signs in. Open to anyone, with rate limits that prevent guessing.
pub async fn login(
    state: web::Data<AppState>,
    request: HttpRequest,
    Json(form): Json<Login>,
) -> Result<HttpResponse, ApiError> {
    let user = sign_in::check_login(&state, &request, form).await?;
    sign_in::respond(&state, &request, &user, HttpResponse::Ok()).await
}
