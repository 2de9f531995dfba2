//! Summaries of a key draft, in words.

use crate::{
    format::time,
    keys::logic::draft::{Expiry, KeyDraft},
};
use chrono::{DateTime, FixedOffset};
use shared::number::counted;
use shared::{
    key::Environment,
    scope::{Scope, ScopeSet},
};

/// Summarizes a draft: `Production · 6 permissions · until March 1, 2026 · 2 addresses`. `end` is
/// its expiry in the user's time zone.
pub fn key_summary(draft: &KeyDraft, end: Option<DateTime<FixedOffset>>) -> String {
    let permissions = draft.scopes.iter().count() as u64;
    let expiry = match (draft.expiry, end) {
        (Expiry::Never, _) => "never expires".into(),
        (_, Some(end)) => format!("until {}", time::date(end)),
        (_, None) => "no date yet".into(),
    };
    let ips = match draft.ips.all().len() as u64 {
        0 if draft.ips.restricted => "no IPs yet".into(),
        0 => "all IPs".into(),
        count => counted(count, "IP range"),
    };
    let environment = draft.environment.label();
    let permissions = counted(permissions, "permission");
    format!("{environment} · {permissions} · {expiry} · {ips}")
}

/// Label and value of a property in the review.
pub type Fact = (&'static str, String);

/// Lists the properties of the key that the draft describes.
pub fn key_facts(draft: &KeyDraft, end: Option<DateTime<FixedOffset>>) -> Vec<Fact> {
    let labels: Vec<_> = draft.scopes.iter().map(Scope::label).collect();
    let effect = match draft.environment {
        Environment::Live => "real data; emails are sent",
        Environment::Test => "separate data; emails are never sent",
    };
    let environment = draft.environment.label();
    let ips = match draft.ips.all().as_slice() {
        [] => "Anywhere".into(),
        ips => ips.join(", "),
    };
    let again = if draft.recoverable {
        "After you enter your password"
    } else {
        "Never: it is shown once"
    };
    vec![
        ("Works on", format!("{environment}: {effect}")),
        ("May", labels.join(", ")),
        ("Until", end.map_or("It is revoked".into(), time::date)),
        ("From", ips),
        ("Shown again", again.into()),
    ]
}

/// Describes the worst case if the draft's key leaks, such as "send emails in your name, from
/// anywhere, until you revoke it". `None` if the risk isn't worth a warning.
pub fn worst_case(draft: &KeyDraft) -> Option<String> {
    if draft.environment == Environment::Test && !draft.scopes.iter().any(Scope::is_admin) {
        return None;
    }
    let can = |scopes: &[Scope]| draft.scopes.effective().intersects(ScopeSet::of(scopes));
    let deed = if draft.scopes.contains(Scope::AdminFull) {
        "do everything in your account"
    } else if can(&[Scope::AdminKeys]) {
        "make keys of their own"
    } else if can(&[Scope::EmailsSend, Scope::EmailsSendBulk]) {
        "send emails in your name"
    } else if can(&[Scope::CampaignsDelete, Scope::ContactsDelete]) {
        "delete your data"
    } else if can(&[Scope::AdminBilling]) {
        "change your plan"
    } else {
        return None;
    };
    let mut limits = Vec::new();
    if !draft.ips.restricted {
        limits.push("from anywhere");
    }
    if draft.expiry == Expiry::Never {
        limits.push("until you revoke it");
    }
    let limits = limits.join(", ");
    (!limits.is_empty()).then(|| format!("Anyone who gets this key can {deed}, {limits}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::logic::ip_list::IpList;
    use shared::role::Role;

    fn end() -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339("2026-03-01T12:00:00Z").unwrap()
    }

    fn restricted() -> KeyDraft {
        KeyDraft {
            expiry: Expiry::Days(30),
            ips: IpList::of(&["10.0.0.0/8".into(), "192.0.2.1".into()]),
            ..KeyDraft::new(Role::Developer)
        }
    }

    #[test]
    fn says_what_the_key_will_be() {
        let draft = KeyDraft::new(Role::Developer);
        assert_eq!(
            key_summary(&draft, None),
            "Production · 6 permissions · never expires · all IPs"
        );
        assert_eq!(
            key_summary(&restricted(), Some(end())),
            "Production · 6 permissions · until March 1, 2026 · 2 IP ranges"
        );
    }

    #[test]
    fn facts_are_in_plain_words() {
        let mut draft = restricted();
        draft.scopes = ScopeSet::of(&[Scope::ContactsRead, Scope::EmailsSend]);
        let facts: Vec<_> = key_facts(&draft, Some(end()))
            .into_iter()
            .map(|(term, text)| format!("{term}: {text}"))
            .collect();
        assert_eq!(
            facts,
            [
                "Works on: Production: real data; emails are sent",
                "May: Read Contacts, Send Emails",
                "Until: March 1, 2026",
                "From: 10.0.0.0/8, 192.0.2.1",
                "Shown again: Never: it is shown once",
            ]
        );
    }

    #[test]
    fn warns_of_the_worst() {
        let mut draft = KeyDraft::new(Role::Owner);
        assert_eq!(
            worst_case(&draft).unwrap(),
            "Anyone who gets this key can send emails in your name, from anywhere, until you revoke it."
        );
        assert_eq!(worst_case(&restricted()), None);
        draft.scopes = ScopeSet::of(&[Scope::ContactsRead]);
        assert_eq!(worst_case(&draft), None);
        draft.environment = Environment::Test;
        draft.scopes = ScopeSet::of(&[Scope::AdminFull]);
        assert!(worst_case(&draft).unwrap().contains("do everything"));
    }
}
