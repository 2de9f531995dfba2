//! `GET /t/c/{token}`: records a click.

use crate::{error::ApiError, mail::links::Kind, routes::links::note, state::AppState};
use actix_web::{HttpResponse, http::Method, web};
use shared::{email::EventKind, error::ErrorCode};

/// Records a click and redirects to the link's target.
pub async fn follow_link(
    state: web::Data<AppState>,
    token: web::Path<String>,
    method: Method,
) -> Result<HttpResponse, ApiError> {
    let (id, target) = state
        .links()
        .read(Kind::Click, &token)
        .ok_or(ErrorCode::NotFound)?;
    // The redirect works even if the click cannot be recorded.
    if let Err(error) = note(
        &state,
        &method,
        id,
        EventKind::Clicked,
        Some(target.clone()),
    )
    .await
    {
        tracing::warn!(%error, "could not record a click");
    }
    Ok(HttpResponse::Found()
        .insert_header(("Location", target))
        .insert_header(("Cache-Control", "no-store"))
        .finish())
}
