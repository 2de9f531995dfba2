//! `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) headers for keys that are about to end.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use chrono::{DateTime, TimeDelta, Utc};
use shared::key::KeyDates;

static DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
static SUNSET: HeaderName = HeaderName::from_static("sunset");

/// Period before a key's expiry in which responses announce it.
const EXPIRING_SOON: TimeDelta = TimeDelta::days(7);

/// The end of a key, and the time from which responses announce it.
#[derive(Clone)]
pub struct Sunset {
    since: DateTime<Utc>,
    ends: DateTime<Utc>,
}

impl Sunset {
    /// `rotated_at` is the time at which a successor replaced the key, if there is one.
    pub fn new(dates: &KeyDates, rotated_at: Option<DateTime<Utc>>) -> Option<Self> {
        if let (Some(since), Some(ends)) = (rotated_at, dates.grace_until) {
            return Some(Self { since, ends });
        }
        let ends = dates.expires_at?;
        let since = ends - EXPIRING_SOON;
        Some(Self { since, ends })
    }

    /// Inserts the headers if the announcement period has begun.
    pub fn insert(&self, headers: &mut HeaderMap, now: DateTime<Utc>) {
        if now < self.since {
            return;
        }
        let deprecation = format!("@{}", self.since.timestamp());
        let sunset = self.ends.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        for (name, value) in [(&DEPRECATION, deprecation), (&SUNSET, sunset)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.append(name.clone(), value);
            }
        }
    }
}
