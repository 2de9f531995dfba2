//! Usage of the API: counts by minute, hour, day and in total, the request log, and the reports that
//! are read from them.

pub mod key;
pub mod rate_limit;
pub mod report;
pub mod request_log;
pub mod rollup;
pub mod rollup_by_key;
mod split;
pub mod subject;

pub use split::split_by_environment;
