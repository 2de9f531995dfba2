//! Usage query, as parameters of the page's URL and of the API request.

use chrono::{DateTime, SecondsFormat, Utc};
use shared::{
    ids::{KeyId, RequestId},
    key::Environment,
    usage::{RANGE_MAX, UsageRange},
};

/// All ranges, in the order of the buttons.
pub const RANGES: [UsageRange; 5] = [
    UsageRange::Hour,
    UsageRange::Day,
    UsageRange::Week,
    UsageRange::Month,
    UsageRange::Custom,
];

/// Returns the range as sent to the API.
pub const fn as_str(range: UsageRange) -> &'static str {
    match range {
        UsageRange::Hour => "1h",
        UsageRange::Day => "24h",
        UsageRange::Week => "7d",
        UsageRange::Month => "30d",
        UsageRange::Custom => "custom",
    }
}

/// Returns the range's button text.
pub const fn label(range: UsageRange) -> &'static str {
    match range {
        UsageRange::Hour => "Last Hour",
        UsageRange::Day => "Last 24 Hours",
        UsageRange::Week => "Last 7 Days",
        UsageRange::Month => "Last 30 Days",
        UsageRange::Custom => "Custom Range",
    }
}

/// Returns the range within a sentence: `No requests in the last hour`.
pub const fn in_words(range: UsageRange) -> &'static str {
    match range {
        UsageRange::Hour => "the last hour",
        UsageRange::Day => "the last 24 hours",
        UsageRange::Week => "the last 7 days",
        UsageRange::Month => "the last 30 days",
        UsageRange::Custom => "this range",
    }
}

/// Returns the previous range of the same length within a sentence.
pub const fn before_in_words(range: UsageRange) -> &'static str {
    match range {
        UsageRange::Hour => "the hour before",
        UsageRange::Day => "the 24 hours before",
        UsageRange::Week => "the 7 days before",
        UsageRange::Month => "the 30 days before",
        UsageRange::Custom => "the period before",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsageQuery {
    pub range: UsageRange,
    /// Start and end of a custom range.
    pub bounds: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Restricts the usage to one key.
    pub key: Option<KeyId>,
    /// Environment of the keys; `None` for live, or for the environment of `key`.
    pub environment: Option<Environment>,
}

impl UsageQuery {
    /// Parses URL parameters and ignores invalid ones. A custom range without both ends, or longer
    /// than the server allows, becomes the default range.
    pub fn parse(
        range: Option<&str>,
        from: Option<&str>,
        to: Option<&str>,
        key: Option<&str>,
        environment: Option<&str>,
    ) -> Self {
        let named = RANGES
            .into_iter()
            .find(|known| range == Some(as_str(*known)));
        let bounds = parse_moment(from).zip(parse_moment(to));
        let bounds = bounds.filter(|(from, to)| from < to && *to - *from <= RANGE_MAX);
        let (range, bounds) = match (named, bounds) {
            (Some(UsageRange::Custom), Some(bounds)) => (UsageRange::Custom, Some(bounds)),
            (Some(UsageRange::Custom) | None, _) => (UsageRange::default(), None),
            (Some(range), _) => (range, None),
        };
        let key = key.and_then(|key| KeyId::try_from(key.to_owned()).ok());
        let environment = parse_environment(environment);
        let is_default = key.is_some() || environment == Environment::Live;
        Self {
            range,
            bounds,
            key,
            environment: (!is_default).then_some(environment),
        }
    }

    /// Returns the parameters of the API request.
    pub fn params(&self) -> Vec<(&'static str, String)> {
        let mut params = vec![("range", as_str(self.range).to_owned())];
        if let Some((from, to)) = self.bounds {
            params.push(("from", moment_param(from)));
            params.push(("to", moment_param(to)));
        }
        if let Some(key) = &self.key {
            params.push(("key_id", key.to_string()));
        }
        if let Some(environment) = self.environment {
            params.push(("environment", environment.as_str().to_owned()));
        }
        params
    }
}

/// Parses the environment from the URL. Defaults to live.
pub fn parse_environment(text: Option<&str>) -> Environment {
    let named = text.and_then(|text| text.parse().ok());
    named.unwrap_or(Environment::Live)
}

/// Formats a time for URLs (RFC 3339, in seconds).
pub fn moment_param(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn parse_moment(text: Option<&str>) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(text?).ok()?.to_utc())
}

/// Parses a pasted request ID.
pub fn parse_request_id(text: &str) -> Option<RequestId> {
    RequestId::try_from(text.trim().to_owned()).ok()
}

/// Shortens a request ID to its end, the part that differs: `req_…x7Kq2aBc`.
pub fn short_request_id(id: &RequestId) -> String {
    let id = id.as_str();
    let end = id.char_indices().rev().nth(7).map_or(0, |(at, _)| at);
    if end > RequestId::PREFIX.len() {
        format!("{}…{}", RequestId::PREFIX, &id[end..])
    } else {
        id.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_says_what_is_shown() {
        let query = UsageQuery::parse(Some("7d"), None, None, Some("key_abc123def456"), None);
        assert_eq!(query.range, UsageRange::Week);
        let key = ("key_id", "key_abc123def456".to_owned());
        assert_eq!(query.params(), [("range", "7d".to_owned()), key]);
        assert_eq!(
            UsageQuery::parse(None, None, None, None, None),
            UsageQuery::default()
        );
        assert_eq!(
            UsageQuery::default().params(),
            [("range", "24h".to_owned())]
        );
    }

    #[test]
    fn an_environment_is_asked_for_unless_the_key_says_it() {
        let parse = |key, environment| UsageQuery::parse(None, None, None, key, environment);
        assert_eq!(parse(None, Some("live")), UsageQuery::default());
        assert_eq!(parse(None, Some("both")), UsageQuery::default());
        let range = ("range", "24h".to_owned());
        let test = ("environment", "test".to_owned());
        assert_eq!(parse(None, Some("test")).params(), [range.clone(), test]);
        // The server rejects an environment that contradicts the key.
        let id = "key_abc123def456";
        let key = ("key_id", id.to_owned());
        assert_eq!(parse(Some(id), Some("test")).params(), [range, key]);
        assert_eq!(parse_environment(Some("test")), Environment::Test);
        assert_eq!(parse_environment(None), Environment::Live);
    }

    #[test]
    fn custom_ranges_need_both_ends_in_order() {
        let (from, to) = (
            Some("2026-11-01T00:00:00Z"),
            Some("2026-11-02T01:30:00+01:00"),
        );
        let query = UsageQuery::parse(Some("custom"), from, to, None, None);
        assert_eq!(query.range, UsageRange::Custom);
        assert_eq!(
            query.params(),
            [
                ("range", "custom".to_owned()),
                ("from", "2026-11-01T00:00:00Z".to_owned()),
                ("to", "2026-11-02T00:30:00Z".to_owned()),
            ]
        );
        let years_ago = Some("2020-01-01T00:00:00Z");
        for (from, to) in [
            (from, None),
            (to, from),
            (from, from),
            (Some("now"), to),
            (years_ago, to),
        ] {
            let query = UsageQuery::parse(Some("custom"), from, to, None, None);
            assert_eq!(query, UsageQuery::default());
        }
        let week = UsageQuery::parse(Some("7d"), from, to, None, None);
        assert_eq!(week.bounds, None, "only a custom range has ends of its own");
    }

    #[test]
    fn ranges_are_named_as_the_server_reads_them() {
        for range in RANGES {
            assert_eq!(serde_json::to_value(range).unwrap(), as_str(range));
        }
        let words = RANGES.map(label);
        assert_eq!(words[..2], ["Last Hour", "Last 24 Hours"]);
        let sentence = format!(
            "{}: {}",
            in_words(UsageRange::Hour),
            before_in_words(UsageRange::Hour)
        );
        assert_eq!(sentence, "the last hour: the hour before");
    }

    #[test]
    fn long_request_ids_are_shown_by_their_end() {
        let short = |id: &str| short_request_id(&RequestId::new(id));
        assert_eq!(short("req_01abcdefgh99"), "req_…cdefgh99");
        assert_eq!(short("req_abc"), "req_abc");
    }

    #[test]
    fn request_ids_are_told_from_other_text() {
        assert!(parse_request_id(" req_01abcDEF \n").is_some());
        for text in ["", "req_", "key_abc", "req_a b", "hello"] {
            assert_eq!(parse_request_id(text), None, "{text}");
        }
    }
}
