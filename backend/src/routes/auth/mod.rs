//! Signing in and out.

mod login;
mod logout;
mod session;
mod setup;
mod sudo;

pub use login::login;
pub use logout::logout;
pub use session::get_session;
pub use setup::set_up;
pub use sudo::enter_sudo;
