//! Sort order of the endpoint table.

use crate::keys::logic::query::SortOrder;
use shared::usage::EndpointUsage;
use std::cmp::Ordering;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EndpointSort {
    /// Path, then method.
    Endpoint,
    #[default]
    Requests,
    SuccessRate,
    /// Average response time.
    Latency,
    Errors,
}

impl EndpointSort {
    /// All columns, from left to right.
    pub const ALL: [Self; 5] = [
        Self::Endpoint,
        Self::Requests,
        Self::SuccessRate,
        Self::Latency,
        Self::Errors,
    ];

    /// Returns the column's name in the URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Requests => "requests",
            Self::SuccessRate => "success",
            Self::Latency => "latency",
            Self::Errors => "errors",
        }
    }

    /// Returns the column's heading.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Endpoint => "Endpoint",
            Self::Requests => "Requests",
            Self::SuccessRate => "Success Rate",
            Self::Latency => "Avg Response Time",
            Self::Errors => "Errors",
        }
    }

    /// Parses the name from the URL. Falls back to the default.
    pub fn parse(text: &str) -> Self {
        let known = Self::ALL.into_iter().find(|sort| sort.as_str() == text);
        known.unwrap_or_default()
    }

    /// Returns the order of the first click: names from A, the lowest success rate, otherwise the
    /// highest number.
    pub const fn natural_order(self) -> SortOrder {
        match self {
            Self::Endpoint | Self::SuccessRate => SortOrder::Ascending,
            Self::Requests | Self::Latency | Self::Errors => SortOrder::Descending,
        }
    }

    fn compare(self, a: &EndpointUsage, b: &EndpointUsage) -> Ordering {
        match self {
            Self::Endpoint => by_name(a, b),
            Self::Requests => a.requests.cmp(&b.requests),
            Self::SuccessRate => a.success_rate.total_cmp(&b.success_rate),
            Self::Latency => a.latency_ms_avg.total_cmp(&b.latency_ms_avg),
            Self::Errors => a.errors.cmp(&b.errors),
        }
    }
}

fn by_name(a: &EndpointUsage, b: &EndpointUsage) -> Ordering {
    (&a.path, &a.method).cmp(&(&b.path, &b.method))
}

/// Sorts the endpoints; ties are sorted by name.
pub fn sorted(
    mut endpoints: Vec<EndpointUsage>,
    sort: EndpointSort,
    order: SortOrder,
) -> Vec<EndpointUsage> {
    endpoints.sort_by(|a, b| {
        let ordering = sort.compare(a, b);
        let ordering = match order {
            SortOrder::Ascending => ordering,
            SortOrder::Descending => ordering.reverse(),
        };
        ordering.then_with(|| by_name(a, b))
    });
    endpoints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(path: &str, requests: u64, errors: u64, latency_ms_avg: f64) -> EndpointUsage {
        EndpointUsage {
            method: "GET".into(),
            path: path.into(),
            requests,
            success_rate: 1.0 - errors as f64 / requests as f64,
            latency_ms_avg,
            latency_ms_p95: latency_ms_avg * 2.0,
            errors,
        }
    }

    #[test]
    fn each_column_sorts_both_ways() {
        let rows = vec![
            endpoint("/v1/a", 10, 5, 1.0),
            endpoint("/v1/b", 30, 0, 9.0),
            endpoint("/v1/c", 20, 1, 4.0),
        ];
        let order = |sort: EndpointSort, order| {
            let rows = sorted(rows.clone(), sort, order);
            rows.iter()
                .map(|row| row.path[4..].to_owned())
                .collect::<String>()
        };
        for (sort, natural) in [
            (EndpointSort::Endpoint, "abc"),
            (EndpointSort::Requests, "bca"),
            (EndpointSort::SuccessRate, "acb"),
            (EndpointSort::Latency, "bca"),
            (EndpointSort::Errors, "acb"),
        ] {
            assert_eq!(order(sort, sort.natural_order()), natural);
            let reversed: String = natural.chars().rev().collect();
            assert_eq!(order(sort, sort.natural_order().reversed()), reversed);
            assert_eq!(EndpointSort::parse(sort.as_str()), sort);
        }
        assert_eq!(EndpointSort::parse("nothing"), EndpointSort::Requests);
    }

    #[test]
    fn equal_rows_stay_in_the_order_of_their_names() {
        let rows = vec![endpoint("/v1/b", 10, 0, 1.0), endpoint("/v1/a", 10, 0, 1.0)];
        let rows = sorted(rows, EndpointSort::Requests, SortOrder::Descending);
        assert_eq!(rows[0].path, "/v1/a");
    }
}
