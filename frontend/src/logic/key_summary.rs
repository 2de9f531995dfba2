//! A key in the making, in one line.

use super::{
    key_draft::{Expiry, KeyDraft},
    number::counted,
    time,
};
use chrono::{DateTime, FixedOffset};

/// `Production · 6 permissions · until March 1, 2026 · 2 addresses`. `end` is when
/// the draft's key stops by itself, in the reader's time zone.
pub fn key_summary(draft: &KeyDraft, end: Option<DateTime<FixedOffset>>) -> String {
    let permissions = draft.scopes.iter().count() as u64;
    let expiry = match (draft.expiry, end) {
        (Expiry::Never, _) => "never expires".into(),
        (_, Some(end)) => format!("until {}", time::date(end)),
        (_, None) => "no date yet".into(),
    };
    let ips = match draft.ip_entries().len() as u64 {
        0 if draft.restrict_ips => "no IPs yet".into(),
        0 => "all IPs".into(),
        count => counted(count, "IP range"),
    };
    let environment = draft.environment.label();
    let permissions = counted(permissions, "permission");
    format!("{environment} · {permissions} · {expiry} · {ips}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::role::Role;

    #[test]
    fn says_what_the_key_will_be() {
        let mut draft = KeyDraft::new(Role::Developer);
        assert_eq!(
            key_summary(&draft, None),
            "Production · 6 permissions · never expires · all IPs"
        );
        draft.expiry = Expiry::Days(30);
        draft.restrict_ips = true;
        draft.ips = "10.0.0.0/8, 192.0.2.1".into();
        let end = DateTime::parse_from_rfc3339("2026-03-01T12:00:00Z").unwrap();
        assert_eq!(
            key_summary(&draft, Some(end)),
            "Production · 6 permissions · until March 1, 2026 · 2 IP ranges"
        );
    }
}
