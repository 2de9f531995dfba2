//! Latencies as counts in buckets whose width grows with the value (four to each
//! power of two, so within 12 % of the truth). Two histograms add up exactly,
//! which averages and percentiles do not.

use smallvec::SmallVec;

/// Counts by bucket, only where there are any, smallest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram(SmallVec<[(u8, u32); 4]>);

/// The bucket of a latency: the position of its highest bit, and the two bits after it.
fn bucket(micros: u64) -> u8 {
    let value = micros.max(4);
    let octave = value.ilog2();
    let quarter = (value >> (octave - 2)) & 3;
    u8::try_from(u64::from(octave - 2) * 4 + quarter).unwrap_or(u8::MAX)
}

impl Histogram {
    /// Counts one latency, in microseconds.
    pub fn record(&mut self, micros: u64) {
        self.add(bucket(micros), 1);
    }

    /// Adds all of another histogram.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.0 {
            self.add(*bucket, *count);
        }
    }

    fn add(&mut self, bucket: u8, count: u32) {
        match self.0.binary_search_by_key(&bucket, |(at, _)| *at) {
            Ok(found) => self.0[found].1 = self.0[found].1.saturating_add(count),
            Err(gap) => self.0.insert(gap, (bucket, count)),
        }
    }

    /// As the database keeps it: five bytes a bucket.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 5);
        for (bucket, count) in &self.0 {
            bytes.push(*bucket);
            bytes.extend(count.to_be_bytes());
        }
        bytes
    }

    /// Reads [`Self::to_bytes`]; what is not of that form counts as nothing.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut histogram = Self::default();
        for entry in bytes.chunks_exact(5) {
            let count = u32::from_be_bytes([entry[1], entry[2], entry[3], entry[4]]);
            histogram.add(entry[0], count);
        }
        histogram
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_grow_with_the_value_and_never_overlap() {
        let mut last = 0;
        for micros in 0..1_000_000 {
            let at = bucket(micros);
            assert!(at == last || at == last + 1, "{micros}");
            last = at;
        }
        assert!(bucket(u64::MAX) > bucket(60_000_000));
    }

    #[test]
    fn merging_equals_recording_everything_in_one() {
        let (mut odd, mut even, mut all) = <(Histogram, Histogram, Histogram)>::default();
        for micros in (0..500).map(|n| n * n) {
            all.record(micros);
            let half = if micros % 2 == 1 { &mut odd } else { &mut even };
            half.record(micros);
        }
        odd.merge(&even);
        assert_eq!(odd, all);
        assert_eq!(Histogram::from_bytes(&all.to_bytes()), all);
    }
}
