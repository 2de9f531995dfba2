//! Rules for the sender of an email.

use crate::{
    mail::address::{ascii_domain, with_ascii_domain},
    models::tenant::Tenant,
};
use shared::{
    error::{ErrorCode, FieldError},
    name::is_invisible,
    validate::{is_email, parse_sender},
};
use std::borrow::Cow;

/// Mailbox names that speak for the operator of the server's domain (RFC 2142 and similar).
const OPERATOR_NAMES: [&str; 10] = [
    "abuse",
    "admin",
    "administrator",
    "hostmaster",
    "mailer-daemon",
    "noc",
    "postmaster",
    "root",
    "security",
    "webmaster",
];

/// Returns the requested sender if the tenant may use it, else the tenant's default, else the
/// server's address.
///
/// A tenant may use the domains that the operator has allowed and its default sender's. A tenant
/// that has neither may use the server's domain.
pub fn choose_sender(
    tenant: &Tenant,
    asked: Option<&str>,
    own_address: &str,
) -> Result<String, FieldError> {
    let default = tenant.default_from.as_deref();
    let Some(asked) = asked else {
        return Ok(default.unwrap_or(own_address).to_owned());
    };
    let invalid = |code, message: &str| Err(FieldError::new("from", code, message));
    let asked = with_ascii_domain(asked).unwrap_or(asked.into());
    let Some((name, address)) = parse_sender(&asked) else {
        return invalid(ErrorCode::InvalidField, "This is not a sender.");
    };
    if address.parse::<lettre::Address>().is_err() {
        let message = "No mail server takes this address.";
        return invalid(ErrorCode::InvalidField, message);
    }
    let mut domains: Vec<_> = tenant.sender_domains().map(ascii).collect();
    let default_domain = default.and_then(parse_sender).map(|(_, it)| domain_of(it));
    let default_domain = default_domain.map(ascii);
    domains.extend(default_domain.filter(|it| !contains(&domains, it)));
    let shares_own_domain = domains.is_empty();
    if shares_own_domain {
        domains.push(ascii(domain_of(own_address)));
    }
    if !contains(&domains, domain_of(address)) {
        return invalid(ErrorCode::SenderNotAllowed, &use_one_of(&domains));
    }
    if shares_own_domain && speaks_for_operator(address) {
        let message = "This address is the operator's. Use another name, or leave this out.";
        return invalid(ErrorCode::SenderNotAllowed, message);
    }
    if name.is_some_and(|name| shows_another_domain(name, &domains)) {
        let message = "The display name has an email address of another domain. Remove it: \
                       recipients would take it for the sender.";
        return invalid(ErrorCode::SenderNotAllowed, message);
    }
    Ok(asked.into_owned())
}

fn ascii(domain: &str) -> Cow<'_, str> {
    ascii_domain(domain).unwrap_or(domain.into())
}

fn use_one_of(domains: &[Cow<'_, str>]) -> String {
    format!(
        "Use an address at {}, or leave this out for the account's default. The operator of \
         this server allows other domains: penguinmails admin set-sender --domains.",
        domains.join(" or ")
    )
}

fn contains(domains: &[Cow<'_, str>], domain: &str) -> bool {
    domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
}

fn speaks_for_operator(address: &str) -> bool {
    let name = address.split(['@', '+']).next().unwrap_or_default();
    OPERATOR_NAMES
        .iter()
        .any(|operator| operator.eq_ignore_ascii_case(name))
}

/// Returns `true` if the display name contains an email address of another domain: many mail
/// clients show only the name.
fn shows_another_domain(name: &str, domains: &[Cow<'_, str>]) -> bool {
    let shown = name.chars().filter(|c| !is_invisible(*c)).map(|c| match c {
        // Full-width and small forms look like the ASCII characters.
        '\u{ff20}' | '\u{fe6b}' => '@',
        '\u{ff0e}' | '\u{fe52}' | '\u{3002}' | '\u{ff61}' => '.',
        other => other,
    });
    let name: String = shown.collect();
    name.split(|c: char| c.is_whitespace() || "()[],;:'".contains(c))
        .any(|word| is_email(word) && !contains(domains, &ascii(domain_of(word))))
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}
