pub mod number;
pub mod time;
