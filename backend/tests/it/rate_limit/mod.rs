//! Rate limits.

mod dashboard;
mod headers;
mod token_bucket;
