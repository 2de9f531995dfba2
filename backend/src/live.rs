//! Events for open dashboards, by tenant. Nobody waits for a slow reader: one
//! that falls behind misses events and reads the state again anyway.

use dashmap::DashMap;
use shared::{
    ids::{TenantId, UserId},
    live::LiveEvent,
};
use tokio::sync::{broadcast, watch};

/// How many events a reader may fall behind.
const BACKLOG: usize = 64;

/// The streams of all tenants.
pub struct Live {
    tenants: DashMap<TenantId, broadcast::Sender<LiveEvent>>,
    ended_sessions: broadcast::Sender<UserId>,
    closing: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            tenants: DashMap::new(),
            ended_sessions: broadcast::Sender::new(BACKLOG),
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

    /// Has the user's open dashboards check their sessions, some of which have ended.
    pub fn sessions_ended(&self, user: &UserId) {
        // An error only means that there are no open dashboards.
        let _ = self.ended_sessions.send(user.clone());
    }

    /// Receives the users of whom [`Self::sessions_ended`] was told.
    pub fn ended_sessions(&self) -> broadcast::Receiver<UserId> {
        self.ended_sessions.subscribe()
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
