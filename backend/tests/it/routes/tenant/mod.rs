//! `/api/v1/tenant`.

mod api_usage;
mod audit_log;
mod audit_log_refusals;
mod environments;
mod live;
mod live_sessions;
mod plan;
mod quotas;
mod rate_limit;
mod requests;
