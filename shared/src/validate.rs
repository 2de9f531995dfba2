//! Validation shared by the dashboard's forms and the server's handlers. Checks append to a list
//! of [`FieldError`]s, so that a user sees all errors at once.

use crate::{
    error::{ErrorCode, FieldError},
    key::holds_key,
    name::{clean, is_invisible},
};
use chrono::{DateTime, Datelike, Timelike, Utc};
use email_address::{EmailAddress, Options};
use ipnet::IpNet;
use std::net::IpAddr;

/// The longest email address, in bytes (RFC 5321).
pub const EMAIL_MAX_BYTES: usize = 254;

/// Returns `Ok` if there are no errors.
pub fn finish(errors: Vec<FieldError>) -> Result<(), Vec<FieldError>> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// Requires a single line of `min` to `max` characters without leading or trailing blanks,
/// control characters or API keys.
pub fn line(errors: &mut Vec<FieldError>, field: &str, value: &str, min: usize, max: usize) {
    if value.contains(['\n', '\r', '\t', '\u{2028}', '\u{2029}']) {
        let message = "This is one line. Remove the line breaks and tabs.";
        errors.push(FieldError::new(field, ErrorCode::InvalidField, message));
    } else {
        text(errors, field, value, min, max);
    }
}

/// Like [`line`], for a name, which is [cleaned](clean) before it is stored.
pub fn name(errors: &mut Vec<FieldError>, field: &str, value: &str, min: usize, max: usize) {
    let is_blank = |c: char| is_invisible(c) || (c.is_whitespace() && !c.is_control());
    if min > 0 && !value.is_empty() && value.chars().all(is_blank) {
        let message = "Use at least one visible character.";
        errors.push(FieldError::new(field, ErrorCode::InvalidField, message));
    } else {
        line(errors, field, &clean(value), min, max);
    }
}

/// Like [`line`], but allows line breaks and tabs.
pub fn text(errors: &mut Vec<FieldError>, field: &str, value: &str, min: usize, max: usize) {
    let mut report = |message: String| {
        errors.push(FieldError::new(field, ErrorCode::InvalidField, message));
    };
    let chars = value.chars().count();
    if chars < min && min == 1 {
        report("This field must not be empty.".into());
    } else if chars < min || chars > max {
        report(format!("Use {min} to {max} characters; this is {chars}."));
    } else if value.trim().len() != value.len() {
        report("Remove the blanks at the start or end.".into());
    } else if value
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        report("Remove the control characters.".into());
    } else if holds_key(value) {
        report("Remove the API key: this text is stored and shown as it is.".into());
    }
}

/// Requires an email address with a dotted domain, of at most 254 bytes (RFC 5321).
pub fn email(errors: &mut Vec<FieldError>, field: &str, value: &str) {
    if !is_email(value) {
        let message = if value.starts_with('"') {
            "Addresses with quotation marks are not supported. Use the form name@example.com."
        } else {
            "This is not an email address. Use the form name@example.com."
        };
        errors.push(FieldError::new(field, ErrorCode::InvalidEmail, message));
    }
}

/// Returns `true` for an email address with a dotted domain.
///
/// Display names, address literals and quoted local parts are rejected; few mail servers and
/// programs support the latter.
pub fn is_email(value: &str) -> bool {
    let options = Options::default()
        .without_display_text()
        .without_domain_literal()
        .with_required_tld();
    value.len() <= EMAIL_MAX_BYTES
        && !value.starts_with('"')
        && EmailAddress::parse_with_options(value, options).is_ok()
}

/// Maximum length of a sender's display name, in characters.
const SENDER_NAME_MAX_CHARS: usize = 100;

/// Requires a sender on one line: `a@b.c` or `Name <a@b.c>`.
pub fn sender(errors: &mut Vec<FieldError>, field: &str, value: &str) {
    if parse_sender(value).is_none() {
        let message =
            "This is not a sender. Use the form name@example.com or Name <name@example.com>.";
        errors.push(FieldError::new(field, ErrorCode::InvalidField, message));
    }
}

/// Parses a sender into its display name, if present, and its email address.
pub fn parse_sender(value: &str) -> Option<(Option<&str>, &str)> {
    let Some(inner) = value.strip_suffix('>') else {
        return is_email(value).then_some((None, value));
    };
    let (name, address) = inner.rsplit_once('<')?;
    let name = name.trim_matches(' ');
    let name = name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'))
        .unwrap_or(name);
    let fits = name.chars().count() <= SENDER_NAME_MAX_CHARS
        && !name
            .chars()
            .any(|c| c.is_control() || is_bidi_control(c) || matches!(c, '<' | '>' | '"'));
    (fits && is_email(address)).then_some((Some(name).filter(|name| !name.is_empty()), address))
}

/// Returns `true` for characters that change the direction of the text after them, which can make
/// a name look like another one.
const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Requires a time that clients can parse: RFC 3339 has four-digit years, and many programs
/// reject leap seconds. Returns advice for the user as the error.
pub fn timestamp(time: DateTime<Utc>) -> Result<(), &'static str> {
    // chrono represents 23:59:60 as second 59 with at least 1,000,000,000 nanoseconds.
    if time.nanosecond() >= 1_000_000_000 {
        return Err("Leap seconds are not supported. Use second 59, or 00 of the next minute.");
    }
    if !(0..=9999).contains(&time.year()) {
        return Err("Use a year from 0000 to 9999.");
    }
    Ok(())
}

/// Parses an IP address or CIDR range. A single address becomes a range of one, and an
/// IPv4-mapped IPv6 address becomes IPv4, so that ranges compare equal.
pub fn ip_range(text: &str) -> Option<IpNet> {
    let net = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .ok()?
        .trunc();
    match net {
        IpNet::V6(v6) if v6.prefix_len() >= 96 => match v6.addr().to_ipv4_mapped() {
            Some(v4) => IpNet::new(v4.into(), v6.prefix_len() - 96).ok(),
            None => Some(net),
        },
        _ => Some(net),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_have_line_breaks() {
        let errors_of = |check: fn(&mut Vec<FieldError>, &str, &str, usize, usize), value| {
            let mut errors = Vec::new();
            check(&mut errors, "name", value, 1, 5);
            errors.len()
        };
        for value in ["a", "a b", "ü€🐧"] {
            assert_eq!(
                (errors_of(line, value), errors_of(text, value)),
                (0, 0),
                "{value}"
            );
        }
        for value in ["a\nb", "a\tb", "a\u{2028}b"] {
            assert_eq!(
                (errors_of(line, value), errors_of(text, value)),
                (1, 0),
                "{value}"
            );
        }
        for value in ["", " a", "a ", "abcdef", "a\rb\n", "a\u{7}b"] {
            assert_eq!(
                (errors_of(line, value), errors_of(text, value)),
                (1, 1),
                "{value}"
            );
        }
    }

    #[test]
    fn email_addresses() {
        for good in ["a@example.com", "first.last+tag@sub.example.co.uk"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "a@",
            "@example.com",
            "A <a@example.com>",
            "a@[127.0.0.1]",
            "a b@example.com",
            "\"a b\"@example.com",
            "\"ann\"@example.com",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn senders() {
        let address = "ann@example.com";
        assert_eq!(parse_sender(address), Some((None, address)));
        for named in ["Ann Lee <ann@example.com>", "\"Ann Lee\" <ann@example.com>"] {
            assert_eq!(parse_sender(named), Some((Some("Ann Lee"), address)));
        }
        assert_eq!(parse_sender("<ann@example.com>"), Some((None, address)));
        for bad in [
            "",
            "Ann",
            "Ann <ann>",
            "Ann ann@example.com",
            "A\r\nBcc: b@example.com <ann@example.com>",
            "ann@example.com\r\nBcc: b@example.com",
            "A <b@example.com> <ann@example.com>",
        ] {
            assert_eq!(parse_sender(bad), None, "{bad}");
        }
    }

    #[test]
    fn ip_ranges_are_normalised() {
        let range = |text| ip_range(text).map(|net| net.to_string());
        assert_eq!(range("203.0.113.9/24").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(range("198.51.100.5").as_deref(), Some("198.51.100.5/32"));
        assert_eq!(
            range("::ffff:198.51.100.5").as_deref(),
            Some("198.51.100.5/32")
        );
        assert_eq!(range("2001:db8::1/32").as_deref(), Some("2001:db8::/32"));
        for bad in ["", "203.0.113", "203.0.113.0/33", "example.com"] {
            assert_eq!(range(bad), None, "{bad}");
        }
    }
}
