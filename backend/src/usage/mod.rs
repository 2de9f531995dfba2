//! Counting requests: exactly, and off the request's path. `recorder` counts in
//! memory, a task writes the counts each second, `histogram` is how latencies add
//! up across minutes, hours and days.

pub mod histogram;
pub mod recorder;
