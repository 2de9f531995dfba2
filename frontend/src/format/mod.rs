//! Formats of numbers and times.

pub mod number;
pub mod time;
