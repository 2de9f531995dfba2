//! Event streams of open dashboards, by tenant. Senders never wait for a slow receiver: one that
//! lags misses events and reloads its state.

use dashmap::DashMap;
use shared::{
    ids::{TenantId, UserId},
    live::LiveEvent,
};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Events that a receiver may lag behind.
const BACKLOG: usize = 64;

/// Broadcast channels of all tenants.
pub struct Live {
    tenants: DashMap<TenantId, broadcast::Sender<LiveEvent>>,
    ended_sessions: broadcast::Sender<UserId>,
    closing: CancellationToken,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            tenants: DashMap::new(),
            ended_sessions: broadcast::Sender::new(BACKLOG),
            closing: CancellationToken::new(),
        }
    }
}

impl Live {
    /// Sends an event to the tenant's open dashboards.
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

    /// Subscribes to the tenant's events.
    pub fn listen(&self, tenant: &TenantId) -> broadcast::Receiver<LiveEvent> {
        let sender = self
            .tenants
            .entry(tenant.clone())
            .or_insert_with(|| broadcast::Sender::new(BACKLOG));
        sender.subscribe()
    }

    /// Makes the user's open dashboards check whether their session has ended.
    pub fn sessions_ended(&self, user: &UserId) {
        // An error only means that there are no open dashboards.
        let _ = self.ended_sessions.send(user.clone());
    }

    /// Subscribes to the users passed to [`Self::sessions_ended`].
    pub fn ended_sessions(&self) -> broadcast::Receiver<UserId> {
        self.ended_sessions.subscribe()
    }

    /// Closes all streams on shutdown.
    pub fn close(&self) {
        self.closing.cancel();
    }

    /// Returns `true` after [`Self::close`] was called.
    pub fn is_closing(&self) -> bool {
        self.closing.is_cancelled()
    }

    /// Returns a token that [`Self::close`] cancels.
    pub fn closing(&self) -> CancellationToken {
        self.closing.clone()
    }
}
