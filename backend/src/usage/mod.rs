//! Usage of the API, without the database: counting requests on the request path (`recorder`,
//! `request_log`), and the time ranges and intervals that reports are made of.

pub mod histogram;
pub mod query;
pub mod recorder;
pub mod request_log;
pub mod response_cache;
pub mod rollup_interval;
pub mod route;
pub mod time_range;
