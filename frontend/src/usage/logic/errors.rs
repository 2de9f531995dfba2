//! Failed requests, formatted for display.

use shared::usage::{StatusShare, UNKNOWN_PATH};

/// Maximum number of slices of a readable pie chart.
const MOST_SLICES: usize = 6;

/// Slice of the error breakdown.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorSlice {
    /// `400 Bad Request` or `Other`.
    pub name: String,
    /// Formatted share, such as `45%`.
    pub share: String,
    /// Number of failed requests.
    pub count: u64,
}

impl ErrorSlice {
    /// Formats the legend entry: `400 Bad Request: 45%`.
    pub fn legend(&self) -> String {
        format!("{}: {}", self.name, self.share)
    }
}

/// Returns the slices, largest first; the smallest ones are merged into a last slice.
pub fn slices(by_status: &[StatusShare]) -> Vec<ErrorSlice> {
    let slice = |name: String, count: u64, share: f64| ErrorSlice {
        name,
        share: share_text(share),
        count,
    };
    let kept = match by_status.len() {
        0..=MOST_SLICES => by_status.len(),
        _ => MOST_SLICES - 1,
    };
    let (kept, others) = by_status.split_at(kept);
    let mut slices: Vec<_> = kept
        .iter()
        .map(|row| slice(status_text(row.status), row.count, row.share))
        .collect();
    if !others.is_empty() {
        let count = others.iter().map(|row| row.count).sum();
        let share = others.iter().map(|row| row.share).sum();
        slices.push(slice("Other".into(), count, share));
    }
    slices
}

/// Formats a share in whole percent. Only exact shares are shown as 0 % or 100 %, others as `<1%`
/// or `>99%`.
fn share_text(share: f64) -> String {
    match share * 100.0 {
        percent if percent > 0.0 && percent < 1.0 => "<1%".into(),
        percent if percent < 100.0 && percent > 99.0 => ">99%".into(),
        percent => format!("{percent:.0}%"),
    }
}

/// Formats a status with its name: `400 Bad Request`.
pub fn status_text(status: u16) -> String {
    match status_name(status) {
        Some(name) => format!("{status} {name}"),
        None => status.to_string(),
    }
}

const fn status_name(status: u16) -> Option<&'static str> {
    Some(match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Timeout",
        409 => "Conflict",
        413 => "Too Large",
        415 => "Unsupported Type",
        422 => "Unprocessable",
        429 => "Rate Limit",
        500 => "Server Error",
        502 => "Bad Gateway",
        503 => "Unavailable",
        504 => "Gateway Timeout",
        _ => return None,
    })
}

/// Formats the endpoint of a request: `GET /v1/contacts`, or `Unknown path`.
pub fn endpoint_text(method: &str, path: &str) -> String {
    match (method, path) {
        ("", UNKNOWN_PATH) => "Unknown path".into(),
        (_, UNKNOWN_PATH) => format!("{method} (unknown path)"),
        ("", _) => path.into(),
        _ => format!("{method} {path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(status: u16, count: u64, of: u64) -> StatusShare {
        StatusShare {
            status,
            count,
            share: count as f64 / of as f64,
        }
    }

    #[test]
    fn the_legend_reads_as_the_specification_writes_it() {
        let rows = [
            share(400, 45, 100),
            share(401, 30, 100),
            share(429, 15, 100),
            share(500, 10, 100),
        ];
        let legends: Vec<_> = slices(&rows).iter().map(ErrorSlice::legend).collect();
        assert_eq!(
            legends,
            [
                "400 Bad Request: 45%",
                "401 Unauthorized: 30%",
                "429 Rate Limit: 15%",
                "500 Server Error: 10%",
            ]
        );
    }

    #[test]
    fn many_statuses_end_in_one_slice() {
        let rows: Vec<_> = [400, 401, 403, 404, 409, 413, 429]
            .map(|s| share(s, 10, 70))
            .into();
        let slices = slices(&rows);
        assert_eq!(slices.len(), MOST_SLICES);
        let last = slices.last().unwrap();
        assert_eq!((last.name.as_str(), last.count), ("Other", 20));
    }

    #[test]
    fn shares_are_honest_at_both_ends() {
        assert_eq!(share_text(1.0), "100%");
        assert_eq!(share_text(0.999), ">99%");
        assert_eq!(share_text(0.001), "<1%");
        assert_eq!(share_text(0.125), "12%");
        assert_eq!(status_text(418), "418");
    }

    #[test]
    fn unknown_paths_are_called_so() {
        assert_eq!(
            endpoint_text("POST", "/v1/emails/send"),
            "POST /v1/emails/send"
        );
        assert_eq!(endpoint_text("", UNKNOWN_PATH), "Unknown path");
        assert_eq!(endpoint_text("GET", UNKNOWN_PATH), "GET (unknown path)");
    }
}
