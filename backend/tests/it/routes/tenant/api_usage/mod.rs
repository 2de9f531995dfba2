//! `/api/v1/tenant/analytics/api-usage`.

mod environments;
mod errors_csv;
mod get;
mod rate_limit;
