//! Outgoing emails: addresses, template rendering, tracked links and transport. `models::message`
//! stores them, and `jobs` composes and delivers them.

pub mod address;
pub mod links;
pub mod render_pool;
pub mod template;
pub mod text;
pub mod transport;

use crate::{
    clock::Clock,
    config::{PublicUrl, ServeSettings},
};
use render_pool::RenderPool;
use std::net::IpAddr;
use tokio::sync::Notify;

/// Sender domain if the server's host name is not a valid email domain.
const FALLBACK_DOMAIN: &str = "penguinmails.test";

/// State that requests and the delivery job share.
pub struct Mail {
    /// Threads that render templates.
    pub templates: RenderPool,
    own_address: String,
    queued: Notify,
}

impl Mail {
    pub fn new(settings: &ServeSettings, clock: &Clock) -> anyhow::Result<Self> {
        Ok(Self {
            templates: RenderPool::start(clock)?,
            own_address: own_address(&settings.public_url()?),
            queued: Notify::new(),
        })
    }

    /// Wakes the delivery after an email was queued. Call it after the commit.
    pub fn wake(&self) {
        self.queued.notify_one();
    }

    /// Waits for a call of [`Self::wake`], including one since the last wait.
    pub async fn woken(&self) {
        self.queued.notified().await;
    }

    /// Returns the default sender address.
    pub fn own_address(&self) -> &str {
        &self.own_address
    }
}

fn own_address(public_url: &PublicUrl) -> String {
    let authority = &public_url.authority;
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let is_address = host.starts_with('[') || host.parse::<IpAddr>().is_ok();
    let domain = if host.contains('.') && !is_address {
        host
    } else {
        FALLBACK_DOMAIN
    };
    format!("no-reply@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_address_has_a_domain_that_exists() {
        let of = |url| own_address(&PublicUrl::parse(url).unwrap());
        assert_eq!(
            of("https://mail.example.com:8443"),
            "no-reply@mail.example.com"
        );
        for nameless in [
            "http://127.0.0.1:8080",
            "http://localhost:8080",
            "http://[::1]:8080",
        ] {
            assert_eq!(of(nameless), "no-reply@penguinmails.test");
        }
    }
}
