//! `/v1/analytics`: analytics of emails and campaigns.

mod campaign;
mod emails;

// Including the types that `utoipa` generates for `openapi`.
pub use campaign::*;
pub use emails::*;
