//! What the tenant's dashboard shows about its use of the API.

mod live;
mod rate_limit;

pub use live::stream_live;
pub use rate_limit::get_rate_limit;
