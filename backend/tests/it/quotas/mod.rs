//! Quotas that several endpoints share.

mod counters;
mod limits;
