//! What the tenant's dashboard shows about its use of the API.

mod api_usage;
mod audit_log;
mod errors_csv;
mod live;
mod plan;
mod quotas;
mod rate_limit;
mod request;
mod usage_query;

pub use api_usage::get_api_usage;
pub use audit_log::list_audit_log;
pub use errors_csv::export_errors;
pub use live::stream_live;
pub use plan::{change_plan, get_plan};
pub use quotas::get_quotas;
pub use rate_limit::get_rate_limit;
pub use request::get_request;
pub use usage_query::UsageQuery;
