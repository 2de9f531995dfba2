//! Sign-in, sign-out and the user's account.

mod check_password;
mod login;
mod logout;
mod password;
mod session;
mod sessions;
mod setup;
mod sudo;

pub use check_password::{check_password, check_set_up_password};
pub use login::login;
pub use logout::logout;
pub use password::change_password;
pub use session::get_session;
pub use sessions::{end_other_sessions, end_session, list_sessions};
pub use setup::set_up;
pub use sudo::enter_sudo;
