use chrono::{DateTime, FixedOffset, Offset};

/// Time zone used on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Time zone of the browser.
    Local,
    Utc,
}

impl Zone {
    pub const ALL: [Self; 2] = [Self::Local, Self::Utc];

    /// Returns the name in local storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Utc => "utc",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Local => "Local",
            Self::Utc => "UTC",
        }
    }
}

/// Formats the UTC offset: `UTC+2`, `UTC-3:30`, `UTC`.
pub fn offset(moment: DateTime<FixedOffset>) -> String {
    let minutes = moment.offset().fix().local_minus_utc() / 60;
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    let sign = if minutes < 0 { '-' } else { '+' };
    match (hours, rest) {
        (0, 0) => "UTC".into(),
        (_, 0) => format!("UTC{sign}{hours}"),
        _ => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// Formats the time zone: `Europe/Berlin (UTC+2)`, `UTC`.
pub fn in_words(name: Option<&str>, now: DateTime<FixedOffset>) -> String {
    let offset = offset(now);
    match name {
        Some(name) if name != "UTC" => format!("{} ({offset})", name.replace('_', " ")),
        _ => offset,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_named_with_their_distance() {
        let at = |text| DateTime::parse_from_rfc3339(text).unwrap();
        let berlin = at("2025-07-01T12:00:00+02:00");
        assert_eq!(
            in_words(Some("Europe/Berlin"), berlin),
            "Europe/Berlin (UTC+2)"
        );
        let york = at("2025-07-01T12:00:00-04:00");
        assert_eq!(
            in_words(Some("America/New_York"), york),
            "America/New York (UTC-4)"
        );
        assert_eq!(offset(at("2025-07-01T12:00:00-03:30")), "UTC-3:30");
        assert_eq!(in_words(Some("UTC"), at("2025-07-01T12:00:00Z")), "UTC");
        assert_eq!(in_words(None, at("2025-07-01T12:00:00+05:30")), "UTC+5:30");
    }
}
