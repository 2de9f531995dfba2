//! `/v1/analytics`

mod campaign;
mod emails;

// Including the types that `utoipa` generates for `openapi`.
pub use campaign::*;
pub use emails::*;
