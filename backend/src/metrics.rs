//! Prometheus metrics of the process. Tenants and keys are never labels.

use actix_web::HttpResponse;
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

/// The classes of HTTP statuses, as label values.
const STATUS_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The metrics and the registry that exports them.
pub struct Metrics {
    registry: Registry,
    /// Responses by class of status.
    responses: [Counter; 5],
    /// 401 responses that cannot be attributed to a key.
    pub unattributed_refusals: Counter,
    /// Failed attempts to write the usage counters; each is retried.
    pub usage_write_failures: Counter,
    /// Requests that were counted but not added to the request log.
    pub requests_not_logged: Counter,
    /// Emails that the mail server accepted.
    pub mail_sent: Counter,
    /// Attempts that failed temporarily and are retried.
    pub mail_deferred: Counter,
    /// Emails that are not retried: rejected, expired, or impossible to compose.
    pub mail_failed: Counter,
    /// Connections closed because a limit was reached.
    pub connections_refused: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("penguinmails");
        let responses = Family::<[(&str, &str); 1], Counter>::default();
        registry.register(
            "http_responses",
            "HTTP responses by class of status",
            responses.clone(),
        );
        let mut counter = |name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        Self {
            responses: STATUS_CLASSES
                .map(|class| responses.get_or_create_owned(&[("class", class)])),
            unattributed_refusals: counter(
                "unattributed_refusals",
                "Requests rejected for an API key that does not exist",
            ),
            usage_write_failures: counter(
                "usage_write_failures",
                "Failed attempts to write usage counters; the counts are kept and written later",
            ),
            requests_not_logged: counter(
                "requests_not_logged",
                "Requests that were counted but not logged, because many came at once",
            ),
            mail_sent: counter("mail_sent", "Emails that the mail server accepted"),
            mail_deferred: counter(
                "mail_deferred",
                "Attempts to send an email that failed temporarily and are retried",
            ),
            mail_failed: counter(
                "mail_failed",
                "Emails that are not retried: rejected, expired or impossible to compose",
            ),
            connections_refused: counter(
                "connections_refused",
                "Connections closed because a limit was reached",
            ),
            registry,
        }
    }
}

impl Metrics {
    /// Counts a response by its status.
    pub fn count_response(&self, status: u16) {
        let class = usize::from(status / 100).saturating_sub(1);
        if let Some(counter) = self.responses.get(class) {
            counter.inc();
        }
    }

    /// Returns all metrics in the `OpenMetrics` text format.
    pub fn render(&self) -> HttpResponse {
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            return HttpResponse::InternalServerError().finish();
        }
        HttpResponse::Ok()
            .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
            .body(text)
    }
}
