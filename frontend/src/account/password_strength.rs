//! Text and level of the password meter.

use shared::session::{PASSWORD_MIN_CHARS, PasswordVerdict};

/// Strength of a new password, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordStrength {
    Empty,
    /// Shorter than the server's minimum.
    TooShort,
    /// Long enough. The server's verdict is pending or unavailable.
    LongEnough,
    /// Rejected by the server for this reason.
    Refused(String),
    /// Accepted by the server.
    Good,
}

impl PasswordStrength {
    /// Rates `password`. `verdict` must be the server's verdict on this exact password.
    pub fn new(password: &str, verdict: Option<&PasswordVerdict>) -> Self {
        if password.is_empty() {
            return Self::Empty;
        }
        if password.chars().count() < PASSWORD_MIN_CHARS {
            return Self::TooShort;
        }
        match verdict {
            None => Self::LongEnough,
            Some(PasswordVerdict { problem: None }) => Self::Good,
            Some(PasswordVerdict {
                problem: Some(problem),
            }) => Self::Refused(problem.clone()),
        }
    }

    /// Returns the rating in words.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::TooShort => format!("Too short: use at least {PASSWORD_MIN_CHARS} characters."),
            Self::LongEnough => "Long enough.".to_owned(),
            Self::Refused(problem) => problem.clone(),
            Self::Good => "Good password.".to_owned(),
        }
    }

    /// Returns the number of filled segments, out of three.
    pub const fn level(&self) -> u8 {
        match self {
            Self::Empty => 0,
            Self::TooShort | Self::Refused(_) => 1,
            Self::LongEnough => 2,
            Self::Good => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_decides_about_long_passwords() {
        let problem = "This password is easy to guess.";
        let refused = PasswordVerdict {
            problem: Some(problem.into()),
        };
        let accepted = PasswordVerdict { problem: None };
        let rate = PasswordStrength::new;
        assert_eq!(rate("", None), PasswordStrength::Empty);
        assert_eq!(rate("elevenchars", None), PasswordStrength::TooShort);
        assert_eq!(rate("ü🐧ü🐧ü🐧ü🐧ü🐧", None), PasswordStrength::TooShort);
        assert_eq!(rate("password1234", None), PasswordStrength::LongEnough);
        let strength = rate("password1234", Some(&refused));
        assert_eq!((strength.text().as_str(), strength.level()), (problem, 1));
        assert_eq!(
            rate("four quiet harbour lamps", Some(&accepted)),
            PasswordStrength::Good
        );
    }
}
