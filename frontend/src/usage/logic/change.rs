//! Changes since the previous range, in words.

use shared::number::percent;
use shared::usage::UsageTotals;

/// Rating of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    /// Neither good nor bad.
    Neutral,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
    /// Smaller than the displayed precision.
    Level,
    /// No previous value to compare with.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Size of the change: `12%`, `0.3 points`, `12ms`.
    pub text: String,
    pub direction: Direction,
    pub tone: Tone,
}

impl Change {
    const fn none(direction: Direction) -> Self {
        Self {
            text: String::new(),
            direction,
            tone: Tone::Neutral,
        }
    }

    /// Returns the full sentence; `before` names the previous range.
    pub fn sentence(&self, before: &str) -> String {
        match self.direction {
            Direction::Up | Direction::Down => format!("{} vs {before}", self.text),
            Direction::Level => format!("Unchanged vs {before}"),
            Direction::Unknown => format!("No requests in {before}"),
        }
    }

    fn new(text: String, rise: f64, good: Option<Direction>) -> Self {
        let direction = if rise > 0.0 {
            Direction::Up
        } else {
            Direction::Down
        };
        let tone = match good {
            None => Tone::Neutral,
            Some(good) if good == direction => Tone::Good,
            Some(_) => Tone::Bad,
        };
        Self {
            text,
            direction,
            tone,
        }
    }
}

/// Compares numbers of requests. Neither direction is good or bad.
pub fn requests(now: &UsageTotals, before: &UsageTotals) -> Change {
    if before.requests == 0 {
        return Change::none(Direction::Unknown);
    }
    let rise = now.requests as f64 / before.requests as f64 - 1.0;
    if rise == 0.0 {
        return Change::none(Direction::Level);
    }
    // A rise from 1 to 500 is unreadable as a percentage.
    let text = if rise >= 9.0 {
        format!("{:.0}×", rise + 1.0)
    } else {
        percent(rise.abs())
    };
    Change::new(text, rise, None)
}

/// Compares ratios, in percentage points.
pub fn points(now: Option<f64>, before: Option<f64>, good: Direction) -> Change {
    let (Some(now), Some(before)) = (now, before) else {
        return Change::none(Direction::Unknown);
    };
    let rise = (now - before) * 100.0;
    if rise.abs() < 0.05 {
        return Change::none(Direction::Level);
    }
    let text = format!("{:.1}", rise.abs());
    let text = text.strip_suffix(".0").unwrap_or(&text);
    let unit = if text == "1" { "point" } else { "points" };
    Change::new(format!("{text} {unit}"), rise, Some(good))
}

/// Compares response times; shorter is better.
pub fn latency(now: Option<f64>, before: Option<f64>) -> Change {
    let (Some(now), Some(before)) = (now, before) else {
        return Change::none(Direction::Unknown);
    };
    let difference = (now - before).abs();
    // Precision of a displayed response time.
    if difference < 0.05 {
        return Change::none(Direction::Level);
    }
    Change::new(millis(difference), now - before, Some(Direction::Down))
}

/// Formats a duration: `145ms`, `0.4ms`, `<0.1ms`, `1.5s`.
pub fn millis(ms: f64) -> String {
    let trimmed = |text: String, unit: &str| {
        let short = text.strip_suffix(".0").unwrap_or(&text);
        format!("{short}{unit}")
    };
    match ms {
        _ if ms >= 9_950.0 => format!("{:.0}s", ms / 1000.0),
        _ if ms >= 999.5 => trimmed(format!("{:.1}", ms / 1000.0), "s"),
        _ if ms >= 9.95 => format!("{ms:.0}ms"),
        _ if ms > 0.0 && ms < 0.05 => "<0.1ms".into(),
        _ => trimmed(format!("{ms:.1}"), "ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(requests: u64) -> UsageTotals {
        UsageTotals {
            requests,
            ..UsageTotals::default()
        }
    }

    #[test]
    fn requests_rise_and_fall_without_a_judgement() {
        let change = |now, before| requests(&totals(now), &totals(before));
        let up = change(112, 100);
        assert_eq!((up.text.as_str(), up.direction), ("12%", Direction::Up));
        assert_eq!(up.tone, Tone::Neutral);
        assert_eq!(change(50, 100).text, "50%");
        assert_eq!(change(50, 100).direction, Direction::Down);
        assert_eq!(change(0, 100).text, "100%");
        assert_eq!(change(500, 1).text, "500×");
        assert_eq!(change(100, 100).direction, Direction::Level);
        assert_eq!(change(100, 0).direction, Direction::Unknown);
    }

    #[test]
    fn sentences_name_the_range_before_even_without_a_change() {
        let change =
            |now, before| requests(&totals(now), &totals(before)).sentence("the hour before");
        assert_eq!(change(112, 100), "12% vs the hour before");
        assert_eq!(change(100, 100), "Unchanged vs the hour before");
        assert_eq!(change(100, 0), "No requests in the hour before");
    }

    #[test]
    fn ratios_change_by_points() {
        let change = |now, before| points(Some(now), Some(before), Direction::Up);
        let better = change(0.995, 0.99);
        assert_eq!(
            (better.text.as_str(), better.tone),
            ("0.5 points", Tone::Good)
        );
        let worse = change(0.98, 0.99);
        assert_eq!((worse.text.as_str(), worse.tone), ("1 point", Tone::Bad));
        assert_eq!(change(0.9901, 0.99).direction, Direction::Level);
        let unknown = points(Some(0.5), None, Direction::Up);
        assert_eq!(unknown.direction, Direction::Unknown);
    }

    #[test]
    fn shorter_times_are_welcome() {
        let faster = latency(Some(120.0), Some(145.0));
        assert_eq!((faster.text.as_str(), faster.tone), ("25ms", Tone::Good));
        assert_eq!(faster.direction, Direction::Down);
        assert_eq!(latency(Some(2.0), Some(1.5)).tone, Tone::Bad);
        assert_eq!(latency(Some(2.01), Some(2.0)).direction, Direction::Level);
    }

    #[test]
    fn times_are_as_exact_as_anyone_cares() {
        for (ms, text) in [
            (0.0, "0ms"),
            (0.04, "<0.1ms"),
            (0.05, "0.1ms"),
            (0.44, "0.4ms"),
            (2.0, "2ms"),
            (9.96, "10ms"),
            (145.4, "145ms"),
            (999.6, "1s"),
            (1_520.0, "1.5s"),
            (12_300.0, "12s"),
        ] {
            assert_eq!(millis(ms), text);
        }
    }
}
