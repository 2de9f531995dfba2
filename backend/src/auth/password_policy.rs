//! The password policy for every way to choose a password: set-up, `admin create-user`,
//! `admin set-password` and "Change password" all call [`check`].
//!
//! Follows NIST SP 800-63B and OWASP ASVS 5.0 section 6.2: a minimum length, no composition rules,
//! and no passwords that attackers try first. Breached passwords are rejected by list
//! ([`common_passwords`]); zxcvbn estimates the strength of all others with its lists of 30,000
//! short passwords, names, English words, dates and keyboard patterns. Words that belong to the
//! account are removed first, so that they add no strength.
//!
//! The lists weigh 800 kB, so they are not part of the dashboard. A strength meter has two options:
//! the length from `shared::session` with a light heuristic, or an endpoint for signed-in users
//! that calls [`check`]. In both cases this check decides.

use crate::auth::common_passwords;
use shared::{
    error::{ErrorCode, FieldError},
    session::validate_password,
};
use zxcvbn::{Score, zxcvbn};

/// Words of the product, which are guessed first on every server.
const PRODUCT_WORDS: &[&str] = &["penguinmails", "penguin", "mails", "developer", "portal"];
/// Shorter words of a name or address are ignored: they occur in any text.
const MIN_WORD_CHARS: usize = 4;
/// Characters that the strength estimate looks at: its cost grows with their square.
const ESTIMATED_CHARS: usize = 64;

/// The owner of a password, whose name, address and company must not add strength.
#[derive(Clone, Copy)]
pub struct PasswordOwner<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub tenant: &'a str,
}

/// Checks a new password for `owner`. `field` is the form field that the error names. Takes up to a
/// few milliseconds.
pub fn check(field: &str, password: &str, owner: &PasswordOwner<'_>) -> Result<(), FieldError> {
    let mut errors = Vec::new();
    validate_password(&mut errors, field, password);
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    let refuse = |message: &str| Err(FieldError::new(field, ErrorCode::InvalidField, message));
    if common_passwords::contains(password) {
        return refuse(
            "This password is easy to guess: it is on the lists of leaked passwords that attackers \
             try. Choose a different one.",
        );
    }
    let rest = without_words(password, &owner.words());
    let has_words = rest.len() < password.len();
    let estimated: String = rest.chars().take(ESTIMATED_CHARS).collect();
    if zxcvbn(&estimated, &[]).score() >= Score::Three {
        return Ok(());
    }
    refuse(if has_words {
        "Choose a password that does not depend on your name, email address, company or this \
         product: they are easy to guess."
    } else {
        "This password is easy to guess. Choose a longer one, for example four words that have \
         nothing to do with each other."
    })
}

impl PasswordOwner<'_> {
    /// Returns the words to remove from the password, normalized and longest first.
    fn words(&self) -> Vec<Vec<char>> {
        let texts = [self.email, self.name, self.tenant];
        let parts = texts
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        let joined = texts.map(|text| text.split_whitespace().collect::<String>());
        let mut words: Vec<Vec<char>> = parts
            .chain(texts)
            .chain(joined.iter().map(String::as_str))
            .chain(PRODUCT_WORDS.iter().copied())
            .map(|word| word.chars().map(comparable).collect())
            .filter(|word: &Vec<char>| word.len() >= MIN_WORD_CHARS)
            .collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words
    }
}

/// Returns the password without `words`, ignoring case and common letter substitutions.
fn without_words(password: &str, words: &[Vec<char>]) -> String {
    let mut rest: Vec<char> = password.chars().collect();
    for word in words {
        loop {
            let text: Vec<char> = rest.iter().copied().map(comparable).collect();
            let Some(start) = text.windows(word.len()).position(|part| part == word) else {
                break;
            };
            rest.drain(start..start + word.len());
        }
    }
    rest.into_iter().collect()
}

/// Lowercases a character and undoes common letter substitutions, such as `0` for `o`.
fn comparable(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' | 'l' | 'L' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: PasswordOwner<'_> = PasswordOwner {
        email: "olga.petrova@northwind.example",
        name: "Olga Petrova",
        tenant: "Northwind Traders",
    };

    #[track_caller]
    fn refused(password: &str) -> String {
        let error = check("password", password, &OWNER).expect_err(password);
        assert_eq!(error.field, "password");
        error.message
    }

    #[test]
    fn common_passwords_are_refused() {
        for password in [
            "password1234",
            "Password1234!",
            "P@ssw0rd1234",
            "passwordpassword",
            "qwertyuiop12",
            "1qaz2wsx3edc",
            "123456789012",
            "abcdefghijkl",
            "aaaaaaaaaaaaaaaa",
            "iloveyou1234",
            "letmeinletmein",
            "administrator",
            "Welcome12345",
            "2026-11-2800",
            "ghjatccbjyfk",
            "MailCreated5240",
        ] {
            let message = refused(password);
            assert!(message.contains("easy to guess"), "{message}");
        }
    }

    #[test]
    fn words_of_the_account_add_nothing() {
        for password in [
            "penguinmails",
            "PenguinMails2026!",
            "P3nguinM@ils2026!",
            "penguin-portal-2026",
            "northwind2026",
            "N0rthw1nd-Traders",
            "NorthwindTraders1",
            "olga.petrova@northwind.example",
            "petrovaolga1!",
            "penguinmailspetrovanorthwind",
            "developer-portal",
        ] {
            let message = refused(password);
            assert!(message.contains("your name"), "{password}: {message}");
        }
    }

    #[test]
    fn long_and_random_passwords_are_accepted_without_rules_of_composition() {
        for password in [
            "correct horse battery",
            "kuhweide regenbogen tasse",
            "xkqzvwhjtrmp",
            "vT9#qLm2xWz8",
            "penguinmails x8Kq2vLzTr",
            "пингвин летит на марс",
            "🐧🦊🐙🦀🐳🦉🐝🦔🐢🦚🐌🦜",
            &"long and never seen before ".repeat(37),
        ] {
            assert_eq!(check("password", password, &OWNER), Ok(()), "{password}");
        }
    }

    #[test]
    fn length_comes_first() {
        assert!(refused("short").contains("at least 12"));
        assert!(refused(&"x".repeat(1025)).contains("at most"));
        // A name with hardly any letters removes nothing.
        let owner = PasswordOwner {
            email: "",
            name: "  ",
            tenant: "A",
        };
        assert_eq!(check("password", "correct horse battery", &owner), Ok(()));
    }
}
