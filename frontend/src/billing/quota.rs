//! Formats quotas for the user.

use shared::number::grouped;
use shared::quota::{Quota, QuotaLevel};

const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];

/// Returns the heading of a quota's row.
pub const fn label(quota: Quota) -> &'static str {
    match quota {
        Quota::Templates => "Templates",
        Quota::Contacts => "Contacts",
        Quota::Keys => "API keys",
        Quota::StoredBytes => "Storage",
        Quota::QueuedEmails => "Queued emails",
    }
}

/// Explains what counts towards a quota.
pub const fn explanation(quota: Quota) -> &'static str {
    match quota {
        Quota::Templates => "Templates of campaigns and single emails.",
        Quota::Contacts => "All contacts, unsubscribed ones too.",
        Quota::Keys => {
            "Keys that are not revoked or expired. Rotated ones count until their grace period ends."
        }
        Quota::StoredBytes => "Emails, templates, campaigns, tags and attributes of contacts.",
        Quota::QueuedEmails => "Accepted and not sent yet. Campaigns fill at most half.",
    }
}

/// Formats the usage of a quota: `12 of 500` or `1.5 GiB of 25 GiB`.
pub fn usage(quota: Quota, used: u64, limit: u64) -> String {
    format!("{} of {}", amount(quota, used), amount(quota, limit))
}

/// Formats an amount of what a quota counts: `12` or `1.5 GiB`.
pub fn amount(quota: Quota, value: u64) -> String {
    match quota {
        Quota::StoredBytes => bytes(value),
        _ => grouped(value),
    }
}

/// Returns the used part in whole percent, rounded down. Exceeds 100 if the quota was lowered.
pub fn percent_used(used: u64, limit: u64) -> u64 {
    let percent = u128::from(used) * 100 / u128::from(limit.max(1));
    u64::try_from(percent).unwrap_or(u64::MAX)
}

/// Returns the warning of a row that needs attention.
pub fn note(used: u64, limit: u64) -> Option<String> {
    match QuotaLevel::of(used, limit) {
        QuotaLevel::Normal => None,
        QuotaLevel::Warning => Some(format!("{}% used", percent_used(used, limit))),
        QuotaLevel::Full => Some("Used up".into()),
        QuotaLevel::Exceeded => Some("Over quota".into()),
    }
}

/// Formats a size: `512 bytes`, `1.5 GiB`.
fn bytes(value: u64) -> String {
    if value < 1024 {
        return format!("{value} bytes");
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "one decimal of a large number is shown"
    )]
    let mut size = value as f64 / 1024.0;
    let mut unit = 0;
    while size >= 1023.95 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let text = format!("{size:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    format!("{text} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_one_decimal_at_most() {
        for (value, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (1_048_575, "1 MiB"),
            (25 << 30, "25 GiB"),
            (1 << 50, "1024 TiB"),
        ] {
            assert_eq!(bytes(value), text);
        }
        assert_eq!(usage(Quota::Contacts, 1200, 100_000), "1,200 of 100,000");
    }

    #[test]
    fn a_note_begins_at_80_percent() {
        let notes = [79, 80, 100, 101].map(|used| note(used, 100));
        let texts = notes.map(Option::unwrap_or_default);
        assert_eq!(texts, ["", "80% used", "Used up", "Over quota"]);
        assert_eq!(percent_used(5, 0), 500);
    }
}
