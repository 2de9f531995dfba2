use super::{ApiError, call, call_for_text, request};
use crate::usage::logic::query::UsageQuery;
use gloo_net::http::RequestBuilder;
use shared::{
    ids::RequestId,
    operation::{self, Row},
    usage::{ApiUsage, RequestDetail},
};

/// Returns the usage of a range, up to a minute old.
pub async fn get(query: &UsageQuery) -> Result<ApiUsage, ApiError> {
    call(with_query::<operation::GetApiUsage>(query)).await
}

/// Returns the logged failed requests of a range as CSV.
pub async fn errors_csv(query: &UsageQuery) -> Result<String, ApiError> {
    call_for_text(with_query::<operation::ExportErrors>(query)).await
}

/// Returns a request from the request log.
pub async fn get_request(id: &RequestId) -> Result<RequestDetail, ApiError> {
    call(request::<operation::GetRequest>(&[id.as_str()])).await
}

fn with_query<R: Row>(query: &UsageQuery) -> RequestBuilder {
    let params = query.params();
    let params = params.iter().map(|(name, value)| (*name, value.as_str()));
    request::<R>(&[]).query(params)
}
