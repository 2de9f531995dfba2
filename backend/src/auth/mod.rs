//! Authentication and authorization of dashboard users: passwords, sessions, roles, sudo and CSRF
//! protection.

pub mod authorized;
pub mod common_passwords;
pub mod cookie;
pub mod device;
pub mod grants;
pub mod login_limits;
pub mod password;
pub mod password_policy;
pub mod refusal_log;
pub mod refusals;
pub mod sign_in;
