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

    /// Requests in the minute before the last [`Self::advance`] or [`Self::add`].
    pub fn sum(&self) -> u32 {
        self.sum
    }

    /// Drops what is older than a minute.
    pub fn advance(&mut self, sec: u64) {
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
