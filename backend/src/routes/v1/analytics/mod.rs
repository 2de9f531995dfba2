//! `/v1/analytics`

mod campaign;
mod emails;

// With what `utoipa` made of each, for `openapi`.
pub use campaign::*;
pub use emails::*;
