//! The tenant's usage of the API, for the dashboard.

mod api_usage;
mod audit_log;
mod errors_csv;
mod example;
mod live;
mod plan;
mod quotas;
mod rate_limit;
mod request;
mod usage_query;

pub use live::stream_live;
pub use usage_query::UsageQuery;
// Including the types that `utoipa` generates for `openapi`.
pub use api_usage::*;
pub use audit_log::*;
pub use errors_csv::*;
pub use plan::*;
pub use quotas::*;
pub use rate_limit::*;
pub use request::*;
