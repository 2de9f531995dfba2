use crate::state::{clock, storage};
use crate::usage::logic::zone::Zone;
use chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};
use leptos::prelude::*;

const STORAGE_KEY: &str = "time_zone";
/// Format of a `datetime-local` input.
const INPUT: &str = "%Y-%m-%dT%H:%M";

/// Time zone of the page, in context.
#[derive(Clone, Copy)]
pub struct ZoneState(RwSignal<Zone>);

impl ZoneState {
    /// Loads the stored choice and provides it as context.
    pub fn provide() {
        let stored = storage::get(STORAGE_KEY);
        let zone = Zone::ALL
            .into_iter()
            .find(|zone| stored.as_deref() == Some(zone.as_str()));
        provide_context(Self(RwSignal::new(zone.unwrap_or(Zone::Local))));
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns the selected time zone. Tracked.
    pub fn get(self) -> Zone {
        self.0.get()
    }

    /// Selects a time zone and stores it.
    pub fn choose(self, zone: Zone) {
        storage::set(STORAGE_KEY, zone.as_str());
        self.0.set(zone);
    }

    /// Converts to the selected time zone. Tracked.
    pub fn at(self, moment: DateTime<Utc>) -> DateTime<FixedOffset> {
        match self.0.get() {
            Zone::Local => clock::local(moment),
            Zone::Utc => moment.fixed_offset(),
        }
    }

    /// Formats the value of a `datetime-local` input. Tracked.
    pub fn to_input(self, moment: DateTime<Utc>) -> String {
        self.at(moment).format(INPUT).to_string()
    }

    /// Parses the value of a `datetime-local` input; `None` if incomplete.
    pub fn read_input(self, text: &str) -> Option<DateTime<Utc>> {
        match self.0.get_untracked() {
            Zone::Local => clock::from_local_input(text),
            Zone::Utc => {
                let minutes = text.get(..16)?;
                let naive = NaiveDateTime::parse_from_str(minutes, INPUT).ok()?;
                Some(naive.and_utc())
            }
        }
    }
}
