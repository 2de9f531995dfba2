//! Probes for whoever operates the server.

use crate::{error::ApiError, state::AppState};
use actix_web::{HttpResponse, web};
use diesel::RunQueryDsl;

/// `GET /healthz`: the process runs.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}

/// `GET /readyz`: the database answers too.
pub async fn readyz(state: web::Data<AppState>) -> Result<HttpResponse, ApiError> {
    state
        .db
        .read(|conn| Ok(diesel::sql_query("SELECT 1").execute(conn).map(drop)?))
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ready\n"))
}
