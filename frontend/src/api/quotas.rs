//! The company's quotas.

use super::{ApiError, call};
use gloo_net::http::Request;
use shared::quota::QuotasView;

/// Returns the quotas, and how much of each is used.
pub async fn get() -> Result<QuotasView, ApiError> {
    call(Request::get("/api/v1/tenant/quotas")).await
}
