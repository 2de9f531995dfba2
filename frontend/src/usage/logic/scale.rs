//! Vertical axis of a chart: round steps from 0 to above the largest value.

use shared::number::grouped;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Difference between two labels.
    pub step: u64,
    pub steps: u64,
}

impl Scale {
    /// Creates an axis for values up to `largest`, with at most five steps of whole numbers.
    pub fn up_to(largest: u64) -> Self {
        let mut magnitude = 1;
        loop {
            for factor in [1, 2, 5] {
                let step: u64 = magnitude * factor;
                let steps = largest.div_ceil(step).max(1);
                // The smallest round step that fits, so that the values fill most of the axis.
                if steps <= 5 {
                    return Self {
                        step,
                        steps: steps.max(2),
                    };
                }
            }
            magnitude *= 10;
        }
    }

    /// Returns the value at the upper edge.
    pub const fn max(self) -> u64 {
        self.step * self.steps
    }

    /// Returns the height of a value: 0 at the lower edge, 1 at the upper edge.
    pub fn height(self, value: u64) -> f64 {
        value as f64 / self.max() as f64
    }

    /// Returns the labels with their heights, from bottom to top.
    pub fn labels(self) -> impl Iterator<Item = (String, f64)> {
        (0..=self.steps).map(move |index| {
            let value = index * self.step;
            (short(value), self.height(value))
        })
    }
}

/// Formats `1,500`, but `15k` and `1.5M`, to keep labels narrow.
fn short(value: u64) -> String {
    let (unit, name) = match value {
        0..10_000 => return grouped(value),
        10_000..1_000_000 => (1_000.0, "k"),
        1_000_000..1_000_000_000 => (1_000_000.0, "M"),
        _ => (1_000_000_000.0, "B"),
    };
    let text = format!("{:.1}", value as f64 / unit);
    format!("{}{name}", text.strip_suffix(".0").unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_round_and_hold_the_largest_value() {
        for (largest, step, max) in [
            (0, 1, 2),
            (1, 1, 2),
            (3, 1, 3),
            (5, 1, 5),
            (6, 2, 6),
            (37, 10, 40),
            (99, 20, 100),
            (101, 50, 150),
            (12_345, 5_000, 15_000),
            (1_000_001, 500_000, 1_500_000),
        ] {
            let scale = Scale::up_to(largest);
            assert_eq!((scale.step, scale.max()), (step, max), "{largest}");
        }
        for largest in (0..100_000).step_by(37) {
            let scale = Scale::up_to(largest);
            assert!(scale.max() >= largest && scale.steps <= 5);
        }
    }

    #[test]
    fn labels_are_narrow() {
        let labels: Vec<_> = Scale::up_to(12_345).labels().collect();
        let texts: Vec<_> = labels.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["0", "5,000", "10k", "15k"]);
        assert!((labels[1].1 - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!(short(1_500_000), "1.5M");
        assert_eq!(short(3_000_000_000), "3B");
    }
}
