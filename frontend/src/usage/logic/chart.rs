//! Charts as numbers and text: the single source of the drawn picture, the cursor and the table, so
//! that they always agree.

use crate::logic::rate_limit::{CRITICAL_PERCENT, WARNING_PERCENT};
use crate::usage::logic::{
    moment::{self, DAY_SECONDS},
    rate_limit::threshold,
    scale::Scale,
    time_axis,
};
use charts::{Line, LinePicture};
use chrono::{DateTime, FixedOffset, Utc};
use shared::number::grouped;
use shared::usage::{ApiUsage, RateLimitPoint, UsagePoint};

/// Maximum number of labels below a chart.
const LABELS: i64 = 9;

/// Color of a series, `--chart-<name>` in `style/tokens.css`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesColor {
    /// All requests, or the rate limit usage.
    Total,
    Success,
    Errors,
    /// Line of the warning threshold.
    Warning,
    /// Line of the critical threshold.
    Critical,
}

impl SeriesColor {
    /// Returns the color's name without the `--chart-` prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Success => "success",
            Self::Errors => "errors",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartLine {
    /// Name in the legend and the table.
    pub name: String,
    pub color: SeriesColor,
    /// One value per point; `None` is a gap.
    pub values: Vec<Option<u64>>,
    /// Limits are drawn dashed over the full width, with their name at the right end.
    pub is_limit: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartPoint {
    /// Formatted time of the point.
    pub time: String,
    /// Set if the bucket is still growing or is cut off by the range.
    pub is_partial: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Points from left to right.
    pub points: Vec<ChartPoint>,
    /// Lines from back to front.
    pub lines: Vec<ChartLine>,
    pub scale: Scale,
    /// Labels of the horizontal axis, each with the index of its point.
    pub labels: Vec<(usize, String)>,
}

impl Chart {
    /// Returns the horizontal position of a point: 0 at the left edge, 1 at the right edge.
    pub fn across(&self, index: usize) -> f64 {
        match self.points.len() {
            0 | 1 => 0.5,
            count => index as f64 / (count - 1) as f64,
        }
    }

    /// Returns the index of the point nearest to a horizontal position.
    pub fn nearest(&self, across: f64) -> Option<usize> {
        let last = self.points.len().checked_sub(1)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped between the first and the last index"
        )]
        let index = (across * last as f64).round().clamp(0.0, last as f64) as usize;
        Some(index)
    }

    /// Formats the exact value of a point.
    pub fn value(&self, line: usize, index: usize) -> String {
        let value = self
            .lines
            .get(line)
            .and_then(|line| *line.values.get(index)?);
        value.map_or("–".into(), grouped)
    }

    /// Describes a point: `Nov 24, 2:15 PM: Total 12, Success 11, Errors 1`.
    pub fn sentence(&self, index: usize) -> String {
        let Some(point) = self.points.get(index) else {
            return String::new();
        };
        let values: Vec<_> = (0..self.lines.len())
            .map(|line| format!("{} {}", self.lines[line].name, self.value(line, index)))
            .collect();
        let note = if point.is_partial { ", incomplete" } else { "" };
        format!("{}{note}: {}", point.time, values.join(", "))
    }

    /// Returns `true` if the newest point is incomplete.
    pub fn is_last_partial(&self) -> bool {
        self.points.last().is_some_and(|point| point.is_partial)
    }

    /// Returns the height of a line's right end: 0 at the lower edge, 1 at the upper edge.
    pub fn end_height(&self, line: usize) -> Option<f64> {
        let value = self.lines.get(line)?.values.last().copied().flatten()?;
        Some(self.scale.height(value))
    }

    /// Returns values without a neighbor on their line, which are only visible as a dot, as pairs
    /// of line and point index.
    pub fn lone_values(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for (line, ChartLine { values, .. }) in self.lines.iter().enumerate() {
            let is_there = |index: Option<usize>| {
                index.is_some_and(|index| values.get(index).copied().flatten().is_some())
            };
            for index in 0..values.len() {
                let is_alone = !is_there(index.checked_sub(1)) && !is_there(Some(index + 1));
                if is_there(Some(index)) && is_alone {
                    found.push((line, index));
                }
            }
        }
        found
    }

    /// Returns the picture to draw, with colors from `color`. Segments to an incomplete point are
    /// dashed.
    pub fn picture(&self, color: impl Fn(&str) -> String) -> LinePicture {
        let mut lines = Vec::new();
        for line in &self.lines {
            let color = color(line.color.name());
            let drawn = |values: Vec<Option<f64>>, is_dashed: bool| Line {
                color: color.clone(),
                values,
                is_dashed,
                is_filled: line.color == SeriesColor::Total,
            };
            if line.is_limit {
                lines.push(drawn(kept(line, |_| true), true));
                continue;
            }
            let is_partial = |index: usize| self.points.get(index).is_some_and(|p| p.is_partial);
            let whole = kept(line, |index| !is_partial(index));
            let next_to_partial = |index: usize| {
                is_partial(index) || is_partial(index + 1) || (index > 0 && is_partial(index - 1))
            };
            let partial = kept(line, next_to_partial);
            lines.push(drawn(whole, false));
            if self.points.iter().any(|point| point.is_partial) {
                lines.push(drawn(partial, true));
            }
        }
        LinePicture {
            lines,
            points: self.points.len(),
            max: self.scale.max() as f64,
            divisions: usize::try_from(self.scale.steps).unwrap_or(1),
            grid_color: color("grid"),
        }
    }
}

/// Keeps the values of the points selected by `keep` and replaces others with gaps.
fn kept(line: &ChartLine, keep: impl Fn(usize) -> bool) -> Vec<Option<f64>> {
    line.values
        .iter()
        .enumerate()
        .map(|(index, value)| value.filter(|_| keep(index)).map(|value| value as f64))
        .collect()
}

/// Builds the chart of requests over time; `at` converts to the selected time zone.
pub fn requests(usage: &ApiUsage, at: impl Fn(DateTime<Utc>) -> DateTime<FixedOffset>) -> Chart {
    let series = &usage.series;
    let line = |name: &str, color, read: fn(&UsagePoint) -> u64| ChartLine {
        name: name.into(),
        color,
        values: series.iter().map(|point| Some(read(point))).collect(),
        is_limit: false,
    };
    let starts: Vec<_> = series.iter().map(|point| at(point.t)).collect();
    let bucket_seconds = usage.range.bucket_seconds;
    let point = |(point, time): (&UsagePoint, String)| ChartPoint {
        time,
        is_partial: point.partial,
    };
    let times = moment::buckets(&starts, bucket_seconds);
    let largest = series.iter().map(|point| point.total).max();
    Chart {
        points: series.iter().zip(times).map(point).collect(),
        lines: vec![
            line("Total", SeriesColor::Total, |point| point.total),
            line("Success", SeriesColor::Success, |point| point.success),
            line("Errors", SeriesColor::Errors, |point| point.errors),
        ],
        scale: Scale::up_to(largest.unwrap_or(0)),
        labels: time_axis::labels(&starts, bucket_seconds, LABELS),
    }
}

/// Builds the chart of rate limit usage: the peak minute of each bucket and its limit. `at`
/// converts to the selected time zone.
pub fn rate_limit(usage: &ApiUsage, at: impl Fn(DateTime<Utc>) -> DateTime<FixedOffset>) -> Chart {
    let series = &usage.rate_limit.series;
    let bucket_seconds = usage.range.bucket_seconds;
    let line = |name: &str, color, is_limit, read: fn(&RateLimitPoint) -> u64| ChartLine {
        name: name.into(),
        color,
        values: series.iter().map(|point| Some(read(point))).collect(),
        is_limit,
    };
    let starts: Vec<_> = series.iter().map(|point| at(point.t)).collect();
    // Both series have the same buckets.
    let is_partial = |index: usize| usage.series.get(index).is_some_and(|point| point.partial);
    let point = |(index, time): (usize, String)| ChartPoint {
        time,
        is_partial: is_partial(index),
    };
    let times = moment::buckets(&starts, bucket_seconds);
    let points = times.into_iter().enumerate().map(point).collect();
    let largest = series
        .iter()
        .map(|point| u64::from(point.peak.max(point.limit)))
        .max();
    let name = match bucket_seconds {
        0..=60 => "Requests/minute",
        DAY_SECONDS.. => "Busiest minute of the day",
        _ => "Busiest minute of the hour",
    };
    Chart {
        points,
        lines: vec![
            line(name, SeriesColor::Total, false, |point| point.peak.into()),
            line("Warning (80%)", SeriesColor::Warning, true, |point| {
                threshold(point.limit, WARNING_PERCENT)
            }),
            line("Critical (95%)", SeriesColor::Critical, true, |point| {
                threshold(point.limit, CRITICAL_PERCENT)
            }),
        ],
        scale: Scale::up_to(largest.unwrap_or(0)),
        labels: time_axis::labels(&starts, bucket_seconds, LABELS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::logic::test_usage::test_usage;
    use serde_json::json;

    fn hours(totals: &[(u64, u64, bool)]) -> Chart {
        let series: Vec<_> = totals
            .iter()
            .enumerate()
            .map(|(hour, (success, errors, partial))| {
                json!({
                    "t": format!("2025-11-24T{hour:02}:00:00Z"), "total": success + errors,
                    "success": success, "errors": errors, "partial": partial,
                })
            })
            .collect();
        requests(&test_usage(json!({ "series": series })), |t| {
            t.fixed_offset()
        })
    }

    #[test]
    fn cursor_and_table_read_the_series_itself() {
        // Exceeds single precision, in which the picture is drawn.
        let chart = hours(&[(16_777_217, 4, false), (3, 0, false), (0, 2, true)]);
        assert_eq!(chart.value(0, 0), "16,777,221");
        assert_eq!(chart.value(1, 0), "16,777,217");
        assert_eq!(
            chart.sentence(1),
            "Nov 24, 1:00 – 2:00 AM: Total 3, Success 3, Errors 0"
        );
        assert_eq!(
            chart.sentence(2),
            "Nov 24, 2:00 – 3:00 AM, incomplete: Total 2, Success 0, Errors 2"
        );
        assert!(chart.is_last_partial());
        assert_eq!(chart.value(0, 9), "–");
        assert_eq!(chart.sentence(9), "");
    }

    #[test]
    fn the_nearest_point_is_found() {
        let chart = hours(&[(1, 0, false), (1, 0, false), (1, 0, false)]);
        for (across, index) in [
            (-1.0, 0),
            (0.2, 0),
            (0.3, 1),
            (0.74, 1),
            (0.76, 2),
            (5.0, 2),
        ] {
            assert_eq!(chart.nearest(across), Some(index), "{across}");
        }
        assert!((chart.across(1) - 0.5).abs() < 1e-9);
        assert_eq!(hours(&[]).nearest(0.5), None);
        assert!((hours(&[(1, 0, false)]).across(0) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn incomplete_ends_are_dashed() {
        let chart = hours(&[(1, 0, true), (2, 0, false), (3, 0, false), (4, 0, true)]);
        let picture = chart.picture(str::to_owned);
        let total: Vec<_> = picture
            .lines
            .iter()
            .filter(|line| line.color == "total")
            .collect();
        assert_eq!(total[0].values, [None, Some(2.0), Some(3.0), None]);
        assert!(!total[0].is_dashed);
        assert_eq!(
            total[1].values,
            [Some(1.0), Some(2.0), Some(3.0), Some(4.0)]
        );
        assert!(total[1].is_dashed);
        assert!(
            total[0].is_filled && picture.lines[0].color == "total",
            "behind the others"
        );
        let whole = hours(&[(1, 0, false), (2, 0, false)]).picture(str::to_owned);
        assert!(whole.lines.iter().all(|line| !line.is_dashed));
    }

    #[test]
    fn values_without_neighbours_get_a_dot() {
        let mut chart = hours(&[(1, 0, false), (2, 0, false), (3, 0, false)]);
        assert_eq!(chart.lone_values(), []);
        chart.lines.truncate(1);
        chart.lines[0].values = vec![Some(1), None, Some(3)];
        assert_eq!(chart.lone_values(), [(0, 0), (0, 2)]);
        assert_eq!(
            hours(&[(1, 0, false)]).lone_values(),
            [(0, 0), (1, 0), (2, 0)]
        );
    }

    #[test]
    fn limits_follow_the_limit_of_their_time() {
        let series = json!([
            { "t": "2025-11-24T00:00:00Z", "peak": 10, "limit": 100 },
            { "t": "2025-11-24T01:00:00Z", "peak": 285, "limit": 300 },
        ]);
        let rate_limit = json!({
            "environment": "live", "series": series, "exceeded_24h": 0, "exceeded_24h_by_endpoints": 0, "peak": null, "events": [],
        });
        let usage = test_usage(json!({ "rate_limit": rate_limit }));
        let chart = super::rate_limit(&usage, |t| t.fixed_offset());
        assert_eq!(chart.lines[1].values, [Some(80), Some(240)]);
        assert_eq!(chart.lines[2].values, [Some(95), Some(285)]);
        assert_eq!(chart.scale.max(), 300);
        assert_eq!(chart.end_height(1), Some(0.8));
        assert!(
            chart.picture(|_| String::new()).lines[1..]
                .iter()
                .all(|line| line.is_dashed)
        );
    }
}
