//! Prometheus metrics of the process. Tenants and keys are never labels.

use actix_web::HttpResponse;
use prometheus_client::{encoding::text::encode, metrics::counter::Counter, registry::Registry};

/// The metrics and the registry that exports them.
pub struct Metrics {
    registry: Registry,
    /// Responses by first digit of the status.
    answers: [Counter; 5],
    /// 401 responses that cannot be attributed to a key.
    pub unattributed_refusals: Counter,
    /// Failed attempts to write the usage counters; each is retried.
    pub usage_write_failures: Counter,
    /// Requests that were counted but not added to the request log.
    pub requests_not_logged: Counter,
    /// Emails that the mail server accepted.
    pub mail_sent: Counter,
    /// Attempts that failed temporarily, including the last one of an email that is then given up,
    /// and campaign emails whose bodies could not be rendered.
    pub mail_deferred: Counter,
    /// Emails that the mail server rejected permanently, or that could not be composed for it.
    pub mail_rejected: Counter,
    /// Connections closed because a limit was reached.
    pub connections_refused: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("penguinmails");
        let answers = std::array::from_fn(|index| {
            let counter = Counter::default();
            let name = format!("answers_{}xx", index + 1);
            registry.register(
                name,
                "Answered requests by class of status",
                counter.clone(),
            );
            counter
        });
        let unattributed_refusals = Counter::default();
        registry.register(
            "unattributed_refusals",
            "Requests refused because their API key belongs to nobody",
            unattributed_refusals.clone(),
        );
        let usage_write_failures = Counter::default();
        registry.register(
            "usage_write_failures",
            "Failed attempts to write usage counters; the counts are kept and written later",
            usage_write_failures.clone(),
        );
        let mut counter = |name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let requests_not_logged = counter(
            "requests_not_logged",
            "Requests that were counted and, because many came at once, not logged one by one",
        );
        let mail_sent = counter("mail_sent", "Mails that the mail server took");
        let mail_deferred = counter("mail_deferred", "Attempts at a mail that failed for now");
        let mail_rejected = counter("mail_rejected", "Mails refused for good");
        let connections_refused = counter(
            "connections_refused",
            "Connections closed at once because there were too many",
        );
        Self {
            registry,
            answers,
            unattributed_refusals,
            usage_write_failures,
            requests_not_logged,
            mail_sent,
            mail_deferred,
            mail_rejected,
            connections_refused,
        }
    }
}

impl Metrics {
    /// Counts a response by its status.
    pub fn count_response(&self, status: u16) {
        let class = usize::from(status / 100).saturating_sub(1);
        if let Some(counter) = self.answers.get(class) {
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
