//! The accounts of a demonstration, which the console and the sign-in page offer.

use crate::role::Role;

/// Email domain of the demonstration users.
pub const EMAIL_DOMAIN: &str = "demo.penguinmails.test";

/// Password of all demonstration users.
pub const PASSWORD: &str = "penguin-demo";

/// Returns the email address of the demonstration user with a role.
pub fn email(role: Role) -> String {
    format!("{}@{EMAIL_DOMAIN}", role.as_str())
}
