//! How many requests came in the trailing 60 seconds: what the indicator shows.

const SLOTS: usize = 60;

/// Counts requests over the trailing 60 seconds, a slot a second.
#[derive(Debug)]
pub struct TrailingMinute {
    slots: [u32; SLOTS],
    /// All slots together.
    sum: u32,
    newest_sec: u64,
}

impl Default for TrailingMinute {
    fn default() -> Self {
        Self {
            slots: [0; SLOTS],
            sum: 0,
            newest_sec: 0,
        }
    }
}

impl TrailingMinute {
    /// Counts a request. One whose time was read just before a newer one's came
    /// in counts with that.
    pub fn add(&mut self, sec: u64) {
        self.advance(sec);
        self.slots[slot(self.newest_sec)] += 1;
        self.sum += 1;
    }

    /// How many requests there were.
    pub fn count(&mut self, sec: u64) -> u32 {
        self.advance(sec);
        self.sum
    }

    /// Forgets what is older than a minute.
    fn advance(&mut self, sec: u64) {
        // After a long pause this clears every slot once.
        for stale in self.newest_sec + 1..=sec.min(self.newest_sec + SLOTS as u64) {
            self.sum -= std::mem::take(&mut self.slots[slot(stale)]);
        }
        self.newest_sec = self.newest_sec.max(sec);
    }
}

fn slot(sec: u64) -> usize {
    usize::try_from(sec % SLOTS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trailing_minute_forgets_after_sixty_seconds() {
        let mut trailing = TrailingMinute::default();
        trailing.add(100);
        trailing.add(130);
        assert_eq!(
            [
                trailing.count(130),
                trailing.count(159),
                trailing.count(160)
            ],
            [2, 2, 1]
        );
        trailing.add(1000);
        assert_eq!(trailing.count(1000), 1);
        assert_eq!(trailing.count(5000), 0);
    }
}
