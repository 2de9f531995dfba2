//! Formatting of usage data: ranges, changes, charts and sentences.

pub mod change;
pub mod chart;
pub mod counted_range;
pub mod custom_range;
pub mod errors;
pub mod moment;
pub mod query;
pub mod rate_limit;
pub mod scale;
pub mod sort;
#[cfg(test)]
mod test_usage;
pub mod time_axis;
pub mod trace;
pub mod zone;
