//! Events for open dashboards, by tenant. Nobody waits for a slow reader: one
//! that falls behind misses events and reads the state again anyway.

use dashmap::DashMap;
use shared::{ids::TenantId, live::LiveEvent};
use tokio::sync::{broadcast, watch};

/// How many events a reader may fall behind.
const BACKLOG: usize = 64;

/// The streams of all tenants.
pub struct Live {
    tenants: DashMap<TenantId, broadcast::Sender<LiveEvent>>,
    closing: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            tenants: DashMap::new(),
            closing: watch::Sender::new(false),
        }
    }
}

impl Live {
    /// Tells the tenant's open dashboards.
    pub fn send(&self, tenant: &TenantId, event: LiveEvent) {
        let unheard = self
            .tenants
            .get(tenant)
            .is_some_and(|sender| sender.send(event).is_err());
        if unheard {
            self.tenants
                .remove_if(tenant, |_, sender| sender.receiver_count() == 0);
        }
    }

    /// Listens to the tenant's events.
    pub fn listen(&self, tenant: &TenantId) -> broadcast::Receiver<LiveEvent> {
        let sender = self
            .tenants
            .entry(tenant.clone())
            .or_insert_with(|| broadcast::Sender::new(BACKLOG));
        sender.subscribe()
    }

    /// Ends all streams: the server is stopping.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Whether [`Self::close`] was called.
    pub fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Tells when [`Self::close`] was called.
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }
}
