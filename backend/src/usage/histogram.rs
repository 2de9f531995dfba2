//! Latency histograms. Bucket widths grow with the value, four buckets to each power of two, so
//! percentiles are within 12 % of the exact value. Histograms can be added without error, unlike
//! averages and percentiles.
//!
//! A histogram of the crate `hdrhistogram` takes kilobytes per series and second; this one takes
//! five bytes per used bucket.

use smallvec::SmallVec;

/// Counts by bucket, without empty buckets, smallest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram(SmallVec<[(u8, u32); 4]>);

/// Returns the bucket of a latency: the position of its highest bit, and the next two bits.
fn bucket(micros: u64) -> u8 {
    let value = micros.max(4);
    let octave = value.ilog2();
    let quarter = (value >> (octave - 2)) & 3;
    u8::try_from(u64::from(octave - 2) * 4 + quarter).unwrap_or(u8::MAX)
}

/// Returns the smallest latency of a bucket and its width, in microseconds.
fn bounds(bucket: u8) -> (u64, u64) {
    let width = 1_u64 << (bucket / 4);
    (width.saturating_mul(4 + u64::from(bucket % 4)), width)
}

impl Histogram {
    /// Counts one latency, in microseconds.
    pub fn record(&mut self, micros: u64) {
        self.record_times(micros, 1);
    }

    /// Counts the same latency several times.
    pub fn record_times(&mut self, micros: u64, times: u32) {
        self.add(bucket(micros), times);
    }

    /// Adds another histogram.
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

    /// Serializes the histogram for the database: five bytes per bucket.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 5);
        for (bucket, count) in &self.0 {
            bytes.push(*bucket);
            bytes.extend(count.to_be_bytes());
        }
        bytes
    }

    /// Parses [`Self::to_bytes`]. Invalid data is ignored.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut histogram = Self::default();
        for entry in bytes.chunks_exact(5) {
            let count = u32::from_be_bytes([entry[1], entry[2], entry[3], entry[4]]);
            histogram.add(entry[0], count);
        }
        histogram
    }
}

/// Sum of many histograms, for computing percentiles.
#[derive(Debug, Clone)]
pub struct Distribution {
    counts: [u64; 256],
}

impl Default for Distribution {
    fn default() -> Self {
        Self { counts: [0; 256] }
    }
}

/// Below this number of latencies, a bucket's values are not assumed to be evenly distributed.
const A_FEW: u64 = 8;

impl Distribution {
    /// Adds a serialized histogram.
    pub fn add(&mut self, bytes: &[u8]) {
        for entry in bytes.chunks_exact(5) {
            let count = u32::from_be_bytes([entry[1], entry[2], entry[3], entry[4]]);
            self.counts[usize::from(entry[0])] += u64::from(count);
        }
    }

    /// Adds another distribution.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// Returns a quantile of the latencies, in microseconds, assuming an even distribution within
    /// each bucket. Never exceeds the largest latency if the last bucket has only a few. `sum` is
    /// the sum of all latencies. `None` if there are none.
    pub fn quantile(&self, share: f64, sum: u64) -> Option<f64> {
        let all: u64 = self.counts.iter().sum();
        let wanted = share * all as f64;
        let mut below = 0;
        for (bucket, count) in (0..=u8::MAX).zip(self.counts) {
            if count > 0 && (below + count) as f64 >= wanted {
                let (least, width) = bounds(bucket);
                let inside = (wanted - below as f64) / count as f64;
                let spread = least as f64 + width as f64 * inside;
                let above = self.counts.iter().skip(usize::from(bucket) + 1);
                let is_last = above.sum::<u64>() == 0;
                return Some(if is_last && count <= A_FEW {
                    spread.min(self.least_maximum(sum))
                } else {
                    spread
                });
            }
            below += count;
        }
        None
    }

    /// Returns a lower bound of the largest latency: the start of its bucket, or the mean of its
    /// bucket if all other latencies had the largest value of theirs.
    fn least_maximum(&self, sum: u64) -> f64 {
        let Some(top) = self.counts.iter().rposition(|count| *count > 0) else {
            return 0.0;
        };
        let mut in_top = sum as f64;
        for (bucket, count) in (0..=u8::MAX).zip(self.counts).take(top) {
            let (least, width) = bounds(bucket);
            in_top -= (least + width) as f64 * count as f64;
        }
        let (least, _) = bounds(u8::try_from(top).unwrap_or(u8::MAX));
        // The first bucket also contains shorter latencies.
        let least = if top == 0 { 0 } else { least };
        (in_top / self.counts[top] as f64).max(least as f64)
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

    #[test]
    fn bounds_are_those_of_the_bucket() {
        for micros in 4..1_000_000 {
            let (least, width) = bounds(bucket(micros));
            assert!((least..least + width).contains(&micros), "{micros}");
        }
    }

    #[test]
    fn quantiles_are_near_the_truth() {
        let mut distribution = Distribution::default();
        assert_eq!(distribution.quantile(0.5, 0), None);
        let mut histogram = Histogram::default();
        for micros in 1..=10_000 {
            histogram.record(micros);
        }
        distribution.add(&histogram.to_bytes());
        for share in [0.01, 0.5, 0.95, 0.99, 1.0] {
            let found = distribution.quantile(share, 50_005_000).unwrap();
            let truth = share * 10_000.0;
            assert!((found - truth).abs() <= truth * 0.125, "{share}: {found}");
        }
    }

    #[test]
    fn a_quantile_of_a_few_is_never_above_the_largest_latency() {
        for latencies in [
            &[1][..],
            &[1000],
            &[820, 820],
            &[100, 100, 100, 1000],
            &[3, 5, 7, 900, 901, 902],
            &[65_537, 81_919, 98_305],
        ] {
            let mut histogram = Histogram::default();
            for latency in latencies {
                histogram.record(*latency);
            }
            let mut distribution = Distribution::default();
            distribution.add(&histogram.to_bytes());
            let largest = *latencies.last().unwrap() as f64;
            for share in [0.5, 0.95, 0.99, 1.0] {
                let found = distribution.quantile(share, latencies.iter().sum());
                let found = found.unwrap();
                assert!(found <= largest, "{latencies:?} {share}: {found}");
            }
        }
    }
}
