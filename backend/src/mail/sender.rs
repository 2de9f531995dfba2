//! Who a mail may come from.

use crate::models::tenant::Tenant;
use shared::{
    error::{ErrorCode, FieldError},
    validate::parse_sender,
};

/// The sender that was asked for if the tenant may use it, else the tenant's default,
/// else the server's own address.
pub fn choose_sender(
    tenant: &Tenant,
    asked: Option<&str>,
    own_address: &str,
) -> Result<String, FieldError> {
    let Some(asked) = asked else {
        return Ok(tenant
            .default_from
            .as_deref()
            .unwrap_or(own_address)
            .to_owned());
    };
    let fault = |code, message: &str| FieldError::new("from", code, message);
    let Some((_, address)) = parse_sender(asked) else {
        return Err(fault(ErrorCode::InvalidField, "This is not a sender."));
    };
    if address.parse::<lettre::Address>().is_err() {
        return Err(fault(
            ErrorCode::InvalidField,
            "No mail server takes this address.",
        ));
    }
    let is = |domain: &str, other: &str| domain.eq_ignore_ascii_case(other);
    let domain = domain_of(address);
    let default = tenant.default_from.as_deref().and_then(parse_sender);
    let allowed = tenant.sender_domains().next().is_none()
        || tenant.sender_domains().any(|own| is(domain, own))
        || default.is_some_and(|(_, default)| is(domain, domain_of(default)));
    if allowed {
        return Ok(asked.to_owned());
    }
    let domains: Vec<_> = tenant.sender_domains().collect();
    let message = format!(
        "Use an address at {}, or leave this out.",
        domains.join(", ")
    );
    Err(fault(ErrorCode::SenderNotAllowed, &message))
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}
