//! What time it is. The only place that asks the browser.

use chrono::{DateTime, FixedOffset, Utc};
use leptos::prelude::*;
use std::time::Duration;

/// How often "2 minutes ago" is looked at again.
const TICK: Duration = Duration::from_secs(5);

/// The current time as a signal that moves on by itself.
#[derive(Clone, Copy)]
pub struct Clock(RwSignal<DateTime<Utc>>);

impl Clock {
    /// Starts the clock and puts it into context.
    pub fn provide() {
        let signal = RwSignal::new(now());
        set_interval(move || signal.set(now()), TICK);
        provide_context(Self(signal));
    }

    /// The clock from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The time, tracked: what reads it runs again every few seconds.
    pub fn now(self) -> DateTime<Utc> {
        self.0.get()
    }
}

/// The time at this moment.
pub fn now() -> DateTime<Utc> {
    from_js_millis(js_sys::Date::now())
}

/// A moment in the browser's time zone, summer time considered.
pub fn local(moment: DateTime<Utc>) -> DateTime<FixedOffset> {
    let millis = moment.timestamp_millis() as f64;
    let date = js_sys::Date::new(&millis.into());
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an offset is a small whole number of minutes"
    )]
    let west_secs = (date.get_timezone_offset() * 60.0) as i32;
    let offset = FixedOffset::west_opt(west_secs);
    moment.with_timezone(&offset.unwrap_or_else(|| chrono::Offset::fix(&Utc)))
}

/// The last second of a local day, from a date input's `2026-03-31`.
pub fn end_of_local_day(date: &str) -> Option<DateTime<Utc>> {
    // Without a zone, JavaScript reads a date with a time as local time.
    let parsed = js_sys::Date::new(&format!("{date}T23:59:59").into()).get_time();
    (date.len() == 10 && parsed.is_finite()).then(|| from_js_millis(parsed))
}

/// A moment from a date-time input's `2026-03-31T14:30`, which is local time.
pub fn from_local_input(text: &str) -> Option<DateTime<Utc>> {
    let parsed = js_sys::Date::new(&text.into()).get_time();
    (text.len() >= 16 && parsed.is_finite()).then(|| from_js_millis(parsed))
}

/// What the browser calls its time zone: `Europe/Berlin`.
pub fn zone_name() -> Option<String> {
    let none = js_sys::Array::new();
    let options =
        js_sys::Intl::DateTimeFormat::new(&none, &js_sys::Object::new()).resolved_options();
    js_sys::Reflect::get(&options, &"timeZone".into())
        .ok()?
        .as_string()
}

/// A moment's local day as a date input writes it.
pub fn date_input_value(moment: DateTime<Utc>) -> String {
    local(moment).date_naive().to_string()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "JavaScript's milliseconds are whole and far from the limit"
)]
fn from_js_millis(millis: f64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis as i64).unwrap_or_default()
}
