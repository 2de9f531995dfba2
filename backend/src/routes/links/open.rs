//! `GET /t/o/{token}`: records an open.

use crate::{error::ApiError, mail::links::Kind, routes::links::note, state::AppState};
use actix_web::{HttpResponse, http::Method, web};
use shared::{email::EventKind, error::ErrorCode};

/// A transparent GIF of one pixel.
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Records that an email was opened.
pub async fn open_mail(
    state: web::Data<AppState>,
    token: web::Path<String>,
    method: Method,
) -> Result<HttpResponse, ApiError> {
    let (id, _) = state
        .links()
        .read(Kind::Open, &token)
        .ok_or(ErrorCode::NotFound)?;
    if let Err(error) = note(&state, &method, id, EventKind::Opened, None).await {
        tracing::warn!(%error, "could not record an open");
    }
    Ok(HttpResponse::Ok()
        .content_type("image/gif")
        .insert_header(("Cache-Control", "no-store"))
        // Webmail embeds the image in pages of another origin.
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"))
        .body(PIXEL))
}
