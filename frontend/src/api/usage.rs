//! How the API was used.

use super::{ApiError, call, call_for_text};
use crate::logic::usage::query::UsageQuery;
use gloo_net::http::{Request, RequestBuilder};
use shared::{
    ids::RequestId,
    usage::{ApiUsage, RequestDetail},
};

const PATH: &str = "/api/v1/tenant/analytics/api-usage";

/// The usage of a range; it may be up to a minute old.
pub async fn get(query: &UsageQuery) -> Result<ApiUsage, ApiError> {
    call(with_query(PATH, query)).await
}

/// Every failed request of a range that was kept, as CSV.
pub async fn errors_csv(query: &UsageQuery) -> Result<String, ApiError> {
    call_for_text(with_query(&format!("{PATH}/errors.csv"), query)).await
}

/// One request.
pub async fn request(id: &RequestId) -> Result<RequestDetail, ApiError> {
    call(Request::get(&format!("/api/v1/tenant/requests/{id}"))).await
}

fn with_query(path: &str, query: &UsageQuery) -> RequestBuilder {
    let params = query.params();
    Request::get(path).query(params.iter().map(|(name, value)| (*name, value.as_str())))
}
