//! Limits on open connections, in total and per network. A connection over a limit is closed before
//! anything is read from it.

use crate::{
    clock::Clock,
    config::ServeSettings,
    gateway::address::{is_within, network_of},
    metrics::Metrics,
};
use actix_web::{dev::Extensions, rt::net::TcpStream};
use dashmap::DashMap;
use ipnet::IpNet;
use rustix::{
    net::{Shutdown, shutdown},
    process::{Resource, Rlimit, getrlimit, setrlimit},
};
use std::{
    any::Any,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
};

/// Time that a client may leave sent bytes unacknowledged, in milliseconds. The kernel then closes
/// the connection, so that responses that are never read do not keep it open.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED_MAX_MS: u32 = 60_000;
/// Minimum time between log lines about refused connections.
const LOG_EVERY_MS: i64 = 60_000;

/// Counts and limits the server's open connections.
pub struct Connections {
    max: usize,
    max_per_network: usize,
    /// Reverse proxies, whose connections carry the requests of many clients.
    exempt: Vec<IpNet>,
    open: AtomicUsize,
    open_by_network: DashMap<IpAddr, usize>,
    refused: prometheus_client::metrics::counter::Counter,
    logged_at_ms: AtomicI64,
    clock: Clock,
}

/// File descriptors needed besides connections: databases, emails, logs.
const OTHER_FILES: u64 = 512;

/// Raises the process's limit on open files to what `max` connections need, as far as the operating
/// system allows.
pub fn raise_file_limit(max: usize) {
    let wanted = OTHER_FILES + u64::try_from(max).unwrap_or(u64::MAX / 2);
    let limit = getrlimit(Resource::Nofile);
    let is_enough = |current: Option<u64>| current.is_none_or(|current| current >= wanted);
    if is_enough(limit.current) {
        return;
    }
    let raised = Rlimit {
        current: Some(limit.maximum.map_or(wanted, |maximum| maximum.min(wanted))),
        maximum: limit.maximum,
    };
    if setrlimit(Resource::Nofile, raised).is_err() || !is_enough(raised.current) {
        tracing::warn!(
            wanted,
            "the limit of open files is too low for --max-connections; raise it (`ulimit -n`, \
             LimitNOFILE= in systemd)"
        );
    }
}

/// An open connection's slot, released when dropped.
struct Slot {
    connections: Arc<Connections>,
    network: Option<IpAddr>,
}

impl Connections {
    pub fn new(settings: &ServeSettings, metrics: &Metrics, clock: Clock) -> Self {
        Self {
            max: settings.max_connections,
            max_per_network: settings.max_connections_per_client,
            exempt: settings.trusted_proxies.clone(),
            open: AtomicUsize::new(0),
            open_by_network: DashMap::new(),
            refused: metrics.connections_refused.clone(),
            logged_at_ms: AtomicI64::new(i64::MIN),
            clock,
        }
    }

    /// Admits a new connection or closes it. Called by `HttpServer::on_connect`.
    pub fn on_connect(self: &Arc<Self>, io: &dyn Any, data: &mut Extensions) {
        let Some(stream) = io.downcast_ref::<TcpStream>() else {
            return;
        };
        let Ok(peer) = stream.peer_addr() else {
            return;
        };
        if let Some(slot) = self.admit(peer.ip()) {
            data.insert(slot);
            #[cfg(target_os = "linux")]
            let _ = rustix::net::sockopt::set_tcp_user_timeout(stream, UNACKNOWLEDGED_MAX_MS);
        } else {
            // The connection's task sees the end of the stream on its first read.
            let _ = shutdown(stream, Shutdown::Both);
        }
    }

    fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Slot> {
        // From here on, dropping the slot releases what was taken.
        let mut slot = Slot {
            connections: self.clone(),
            network: None,
        };
        if self.open.fetch_add(1, Ordering::Relaxed) >= self.max {
            self.refuse(peer, "--max-connections");
            return None;
        }
        let peer = peer.to_canonical();
        if !is_within(peer, &self.exempt) {
            let network = network_of(peer);
            slot.network = Some(network);
            let mut open = self.open_by_network.entry(network).or_insert(0);
            *open += 1;
            let is_over = *open > self.max_per_network;
            drop(open);
            if is_over {
                self.refuse(peer, "--max-connections-per-client");
                return None;
            }
        }
        Some(slot)
    }

    fn refuse(&self, peer: IpAddr, setting: &str) {
        self.refused.inc();
        let now = self.clock.now_ms();
        let logged_at = self.logged_at_ms.load(Ordering::Relaxed);
        let is_due = now.saturating_sub(logged_at) >= LOG_EVERY_MS;
        let exchanged = self.logged_at_ms.compare_exchange(
            logged_at,
            now,
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        if is_due && exchanged.is_ok() {
            tracing::warn!(
                %peer,
                refused = self.refused.get(),
                "refused a connection because of {setting}; if this is a reverse proxy, name it \
                 with --trusted-proxy"
            );
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.connections.open.fetch_sub(1, Ordering::Relaxed);
        if let Some(network) = self.network {
            let by_network = &self.connections.open_by_network;
            if let Some(mut open) = by_network.get_mut(&network) {
                *open -= 1;
            }
            by_network.remove_if(&network, |_, open| *open == 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        settings: ServeSettings,
    }

    fn connections(flags: &[&str]) -> Arc<Connections> {
        let all = ["serve"].iter().chain(flags);
        let settings = Arguments::parse_from(all).settings;
        let connections = Connections::new(&settings, &Metrics::default(), Clock::system());
        Arc::new(connections)
    }

    #[test]
    fn each_network_has_a_limit_and_all_together_another() {
        let flags = [
            "--max-connections",
            "6",
            "--max-connections-per-client",
            "2",
            "--trusted-proxy",
            "10.0.0.9",
        ];
        let connections = connections(&flags);
        let admit = |peer: &str| connections.admit(peer.parse().unwrap());
        let first = admit("203.0.113.7").unwrap();
        let second = admit("::ffff:203.0.113.7").unwrap();
        assert!(admit("203.0.113.7").is_none());
        drop(first);
        let third = admit("203.0.113.7").unwrap();
        // A /64 is one client.
        let v6 = ["2001:db8::1", "2001:db8::2"].map(|peer| admit(peer).unwrap());
        assert!(admit("2001:db8::3").is_none());
        // A proxy's connections are limited in total only.
        let proxied = [(), ()].map(|()| admit("10.0.0.9").unwrap());
        assert!(admit("10.0.0.9").is_none());
        assert!(admit("198.51.100.1").is_none());
        assert_eq!(connections.refused.get(), 4);
        drop((second, third, v6, proxied));
        assert_eq!(connections.open.load(Ordering::Relaxed), 0);
        assert!(connections.open_by_network.is_empty());
    }
}
