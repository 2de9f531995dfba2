//! Normalization of email addresses for storage, comparison and mail servers. Internationalized
//! domains become A-labels (UTS 46), so that `ann@bücher.example` and `ann@xn--bcher-kva.example`
//! are the same address.

use crate::error::ApiError;
use icu_normalizer::ComposingNormalizerBorrowed;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use shared::error::{ErrorCode, FieldError};
use std::borrow::Cow;

/// Prefix of a label that encodes Unicode (A-label).
const ACE_PREFIX: &str = "xn--";

/// Normalizes the address in a field. Fails only if the domain has no ASCII form; `validate`
/// reports all other errors.
pub fn normalize(field: &str, address: &mut String) -> Result<(), ApiError> {
    *address = normalized(address).ok_or_else(|| invalid_domain(field, ErrorCode::InvalidEmail))?;
    Ok(())
}

/// Variant of [`normalize`] for the sender in `from`, which may have a display name.
pub fn normalize_sender(from: &mut Option<String>) -> Result<(), ApiError> {
    if let Some(sender) = from {
        let ascii = with_ascii_domain(sender);
        *sender = ascii
            .ok_or_else(|| invalid_domain("from", ErrorCode::InvalidField))?
            .into_owned();
    }
    Ok(())
}

fn invalid_domain(field: &str, code: ErrorCode) -> ApiError {
    let message = "The part after the @ is not a domain. Check its spelling.";
    ApiError::fields(vec![FieldError::new(field, code, message)])
}

/// Returns the address by which contacts and users are looked up: normalized and in lower case.
/// Text that is not an address is only lowercased.
pub fn lookup_key(address: &str) -> String {
    let normalized = normalized(address).unwrap_or_else(|| address.to_owned());
    normalized.to_lowercase()
}

fn normalized(address: &str) -> Option<String> {
    let address = with_ascii_domain(address)?;
    Some(match address.rsplit_once('@') {
        // RFC 6530 lets the recipient's server decide which letters are equal. No known server
        // distinguishes case, and the databases only fold ASCII consistently.
        Some((local, domain)) if !local.is_ascii() => {
            format!("{}@{domain}", nfc(&local.to_lowercase()))
        }
        _ => address.into_owned(),
    })
}

/// Converts the domain of an address, or of a sender like `Name <a@b.c>`, to ASCII. `None` if the
/// domain has no ASCII form.
pub fn with_ascii_domain(text: &str) -> Option<Cow<'_, str>> {
    let Some((before, domain)) = text.rsplit_once('@') else {
        return Some(text.into());
    };
    let (domain, end) = match domain.strip_suffix('>') {
        Some(domain) => (domain, ">"),
        None => (domain, ""),
    };
    Some(match ascii_domain(domain)? {
        Cow::Borrowed(same) if same == domain => text.into(),
        ascii => format!("{before}@{ascii}{end}").into(),
    })
}

/// Converts a domain to ASCII. `None` if it has no ASCII form.
pub fn ascii_domain(domain: &str) -> Option<Cow<'_, str>> {
    if domain.is_ascii() && !domain.split('.').any(is_ace) {
        return Some(domain.into());
    }
    let denied = AsciiDenyList::URL;
    let hyphens = Hyphens::CheckFirstLast;
    Uts46::new()
        .to_ascii(domain.as_bytes(), denied, hyphens, DnsLength::Verify)
        .ok()
}

/// Converts the domain of an address to Unicode. `None` if that changes nothing.
pub fn with_unicode_domain(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    if !domain.split('.').any(is_ace) {
        return None;
    }
    let (domain, _) = idna::domain_to_unicode(domain);
    Some(format!("{local}@{domain}"))
}

fn is_ace(label: &str) -> bool {
    let prefix = label.get(..ACE_PREFIX.len());
    prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(ACE_PREFIX))
}

/// Returns the text in Unicode's composed form (NFC).
fn nfc(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_domain_are_one() {
        let ascii = "ann@xn--bcher-kva.example";
        for same in [
            ascii,
            "ann@b\u{fc}cher.example",
            "ann@B\u{dc}CHER.example",
            "ann@bu\u{308}cher.example",
            "ann@b\u{fc}cher\u{3002}example",
            "ann@XN--BCHER-KVA.EXAMPLE",
            "ann@\u{ff42}\u{fc}cher.example",
        ] {
            assert_eq!(normalized(same).as_deref(), Some(ascii), "{same}");
        }
        // ASCII addresses stay unchanged.
        assert_eq!(
            normalized("Ann@Example.COM").as_deref(),
            Some("Ann@Example.COM")
        );
        assert_eq!(
            normalized("stra\u{df}e@fa\u{df}.example").as_deref(),
            Some("stra\u{df}e@xn--fa-hia.example")
        );
        assert_eq!(
            with_ascii_domain("\u{dc} <a@b\u{fc}cher.example>").as_deref(),
            Some("\u{dc} <a@xn--bcher-kva.example>")
        );
        assert_eq!(
            lookup_key("\u{dc}.Lee@B\u{fc}cher.example"),
            lookup_key("u\u{308}.lee@xn--bcher-kva.example")
        );
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        let long = format!("a@{}.example", "\u{fc}".repeat(60));
        for bad in [
            "a@xn--a.example",
            "a@xn--.example",
            "a@-\u{fc}.example",
            "a@b\u{fc} cher.example",
            "a@b\u{fc}cher..example",
            "a@\u{fc}\u{ff20}b.example",
            &long,
        ] {
            assert_eq!(normalized(bad), None, "{bad}");
        }
    }
}
