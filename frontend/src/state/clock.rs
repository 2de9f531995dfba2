//! Current time and time zone: the only module that asks the browser for them.

use chrono::{DateTime, FixedOffset, Utc};
use futures_channel::oneshot;
use leptos::prelude::*;
use std::time::Duration;

/// Update interval of relative times.
const TICK: Duration = Duration::from_secs(5);

/// Current time as a signal that updates itself.
#[derive(Clone, Copy)]
pub struct Clock(RwSignal<DateTime<Utc>>);

impl Clock {
    /// Starts the clock and provides it as context.
    pub fn provide() {
        let signal = RwSignal::new(now());
        let tick = set_interval_with_handle(move || signal.set(now()), TICK);
        on_cleanup(move || {
            if let Ok(tick) = tick {
                tick.clear();
            }
        });
        provide_context(Self(signal));
    }

    /// Provides a clock that the test moves.
    #[cfg(all(test, target_family = "wasm"))]
    pub fn provide_as(now: RwSignal<DateTime<Utc>>) {
        provide_context(Self(now));
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns the current time. Tracked: dependents rerun every few seconds.
    pub fn now(self) -> DateTime<Utc> {
        self.0.get()
    }
}

/// Waits for a duration.
pub async fn sleep(duration: Duration) {
    let (sender, over) = oneshot::channel::<()>();
    set_timeout(move || drop(sender), duration);
    over.await.ok();
}

/// Returns the current time. Not tracked.
pub fn now() -> DateTime<Utc> {
    from_js_millis(js_sys::Date::now())
}

/// Converts to the browser's time zone, including daylight saving time.
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

/// Returns the last second of a local day, given the value of a date input such as `2026-03-31`.
pub fn end_of_local_day(date: &str) -> Option<DateTime<Utc>> {
    // JavaScript parses a date with time as local time if it has no time zone.
    let parsed = js_sys::Date::new(&format!("{date}T23:59:59").into()).get_time();
    (date.len() == 10 && parsed.is_finite()).then(|| from_js_millis(parsed))
}

/// Parses the value of a `datetime-local` input such as `2026-03-31T14:30` as local time.
pub fn from_local_input(text: &str) -> Option<DateTime<Utc>> {
    let parsed = js_sys::Date::new(&text.into()).get_time();
    (text.len() >= 16 && parsed.is_finite()).then(|| from_js_millis(parsed))
}

/// Returns the browser's name of its time zone, such as `Europe/Berlin`.
pub fn zone_name() -> Option<String> {
    let none = js_sys::Array::new();
    let options =
        js_sys::Intl::DateTimeFormat::new(&none, &js_sys::Object::new()).resolved_options();
    js_sys::Reflect::get(&options, &"timeZone".into())
        .ok()?
        .as_string()
}

/// Formats the local day as the value of a date input.
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
