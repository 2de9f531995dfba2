//! Who is at the keyboard: passwords, sessions, roles, sudo, and the rules that
//! keep other sites out.

pub mod authorized;
pub mod common_passwords;
pub mod cookie;
pub mod device;
pub mod identify;
pub mod login_limits;
pub mod password;
pub mod password_policy;
pub mod refusal_log;
pub mod refusals;
pub mod rights;
pub mod sign_in;
