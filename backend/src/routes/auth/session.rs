//! `GET /api/v1/auth/session`: returns the signed-in user.

use crate::{
    auth::{
        authorized::{Actor, Authorized},
        sign_in,
    },
    error::ApiError,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::{error::ErrorCode, operation::GetSession};

/// Returns the signed-in user.
pub async fn get_session(
    caller: Authorized<GetSession>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let Actor::User(signed_in) = caller.actor else {
        return Err(ErrorCode::NotSignedIn.into());
    };
    Ok(HttpResponse::Ok().json(sign_in::view(&state, &request, &signed_in)?))
}
