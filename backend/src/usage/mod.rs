//! What is known of requests: counted exactly, and off the request's path. `recorder`
//! counts in memory by `route`, the limits note what they decide (`rate_history`), `request_log`
//! keeps single requests as far as there is room; `flush` writes all three each second,
//! and `retention` forgets what is past its time.
//! `resolution`, `period` and `histogram` are how counts add up over minutes, hours and
//! days, and how they are asked for; `answers` keeps what was asked just before.

pub mod answers;
pub mod flush;
pub mod histogram;
pub mod period;
pub mod rate_history;
pub mod recorder;
pub mod request_log;
pub mod resolution;
pub mod retention;
pub mod route;
