//! Coalesces repeated events, so that a flood of them is logged as one line and a count.

use parking_lot::Mutex;
use std::{collections::HashMap, hash::Hash};

/// Counts the repeats of events within a period.
pub struct Coalescer<K> {
    period: Mutex<TimeRange<K>>,
    capacity: usize,
}

struct TimeRange<K> {
    repeats: HashMap<K, u64>,
    unlisted: u64,
}

/// The repeats of a finished period.
pub struct Repeats<K> {
    /// Events that were repeated, with the number of repeats.
    pub listed: Vec<(K, u64)>,
    /// Number of events beyond the capacity, none of which was reported.
    pub unlisted: u64,
}

impl<K: Hash + Eq> Coalescer<K> {
    /// Distinguishes at most `capacity` events per period.
    pub fn new(capacity: usize) -> Self {
        Self {
            period: Mutex::new(TimeRange {
                repeats: HashMap::new(),
                unlisted: 0,
            }),
            capacity,
        }
    }

    /// Counts an event. Returns `true` if it is the first of its kind in this period and
    /// should be reported now.
    pub fn is_first(&self, event: K) -> bool {
        let mut period = self.period.lock();
        if let Some(repeats) = period.repeats.get_mut(&event) {
            *repeats += 1;
            return false;
        }
        if period.repeats.len() >= self.capacity {
            period.unlisted += 1;
            return false;
        }
        period.repeats.insert(event, 0);
        true
    }

    /// Ends the period and returns its unreported repeats.
    pub fn drain(&self) -> Repeats<K> {
        let mut period = self.period.lock();
        let repeats = std::mem::take(&mut period.repeats).into_iter();
        Repeats {
            listed: repeats.filter(|(_, repeats)| *repeats > 0).collect(),
            unlisted: std::mem::take(&mut period.unlisted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_reported_and_the_rest_are_counted() {
        let events = Coalescer::new(2);
        assert!(events.is_first("a"));
        assert!(!events.is_first("a"));
        assert!(!events.is_first("a"));
        assert!(events.is_first("b"));
        assert!(!events.is_first("c"));
        let repeats = events.drain();
        assert_eq!(repeats.listed, [("a", 2)]);
        assert_eq!(repeats.unlisted, 1);
        assert!(events.is_first("c"));
        assert!(events.drain().listed.is_empty());
    }
}
