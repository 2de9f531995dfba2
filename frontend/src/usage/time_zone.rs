//! The time zone that moments are shown in where it can be chosen.

use crate::state::{clock, storage};
use crate::usage::logic::zone::Zone;
use chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};
use leptos::prelude::*;

const STORAGE_KEY: &str = "time_zone";
/// As a date-time input writes a moment.
const INPUT: &str = "%Y-%m-%dT%H:%M";

/// The time zone, in context.
#[derive(Clone, Copy)]
pub struct ZoneState(RwSignal<Zone>);

impl ZoneState {
    /// Reads the stored choice and puts it into context.
    pub fn provide() {
        let stored = storage::get(STORAGE_KEY);
        let zone = Zone::ALL
            .into_iter()
            .find(|zone| stored.as_deref() == Some(zone.as_str()));
        provide_context(Self(RwSignal::new(zone.unwrap_or(Zone::Local))));
    }

    /// The time zone from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The choice, tracked.
    pub fn get(self) -> Zone {
        self.0.get()
    }

    /// Chooses, and remembers the choice.
    pub fn choose(self, zone: Zone) {
        storage::set(STORAGE_KEY, zone.as_str());
        self.0.set(zone);
    }

    /// A moment in the chosen zone, tracked.
    pub fn at(self, moment: DateTime<Utc>) -> DateTime<FixedOffset> {
        match self.0.get() {
            Zone::Local => clock::local(moment),
            Zone::Utc => moment.fixed_offset(),
        }
    }

    /// A moment as a date-time input writes it, tracked.
    pub fn to_input(self, moment: DateTime<Utc>) -> String {
        self.at(moment).format(INPUT).to_string()
    }

    /// The moment that a date-time input's text means; `None` while it is incomplete.
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
