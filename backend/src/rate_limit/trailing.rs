//! Request counts of the trailing 60 seconds, for the rate limit indicator.

const SLOTS: usize = 60;

/// A sliding window of 60 seconds with one slot per second.
#[derive(Debug)]
pub struct TrailingMinute {
    slots: [u32; SLOTS],
    /// Sum of all slots.
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
    /// Counts a request. A request that is slightly older than the newest one is counted in the
    /// newest one's second.
    pub fn add(&mut self, sec: u64) {
        self.advance(sec);
        self.slots[slot(self.newest_sec)] += 1;
        self.sum += 1;
    }

    /// Requests in the 60 seconds before the last [`Self::advance`] or [`Self::add`].
    pub fn sum(&self) -> u32 {
        self.sum
    }

    /// Drops requests older than 60 seconds.
    pub fn advance(&mut self, sec: u64) {
        // After a long pause this clears each slot once.
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
        let sum_at = |trailing: &mut TrailingMinute, sec| {
            trailing.advance(sec);
            trailing.sum()
        };
        trailing.add(100);
        trailing.add(130);
        let sums = [130, 159, 160].map(|sec| sum_at(&mut trailing, sec));
        assert_eq!(sums, [2, 2, 1]);
        trailing.add(1000);
        assert_eq!(sum_at(&mut trailing, 1000), 1);
        assert_eq!(sum_at(&mut trailing, 5000), 0);
    }
}
