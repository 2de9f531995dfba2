//! Rate limits on password guesses, designed so that an attacker slows down nobody else.
//!
//! - Per account and network: ten wrong passwords, then one per minute.
//! - Per network, across accounts: thirty, then ten per minute.
//! - Per account, across networks: after a hundred, then one per minute, each further guess costs
//!   its network five tokens, and an IPv6 customer's whole /48 counts as one network. An account
//!   never locks: its owner's network has a separate bucket.
//! - A browser that has signed in to the account before (`device`) has a separate bucket.
//! - Re-entering the password counts for the session only.

use crate::{
    clock::Clock,
    rate_limit::guess_limiter::{GuessLimiter, GuessRate, TakenTokens},
};
use std::net::{IpAddr, Ipv6Addr};

const ACCOUNT_IN_NETWORK: GuessRate = GuessRate {
    burst: 10,
    per_minute: 1,
};
const NETWORK: GuessRate = GuessRate {
    burst: 30,
    per_minute: 10,
};
const ACCOUNT: GuessRate = GuessRate {
    burst: 100,
    per_minute: 1,
};
const DEVICE: GuessRate = GuessRate {
    burst: 10,
    per_minute: 1,
};
const SESSION: GuessRate = GuessRate {
    burst: 10,
    per_minute: 1,
};
/// Tokens per guess in its network while the account is under attack.
const UNDER_ATTACK: u32 = 5;

pub struct LoginLimits {
    account_in_network: GuessLimiter,
    network: GuessLimiter,
    account: GuessLimiter,
    device: GuessLimiter,
    session: GuessLimiter,
}

/// A permit to verify one password.
#[must_use]
pub struct Guess<'a>(Vec<TakenTokens<'a>>);

impl LoginLimits {
    pub fn new(clock: &Clock) -> Self {
        let limiter = |rate| GuessLimiter::new(rate, clock.clone());
        Self {
            account_in_network: limiter(ACCOUNT_IN_NETWORK),
            network: limiter(NETWORK),
            account: limiter(ACCOUNT),
            device: limiter(DEVICE),
            session: limiter(SESSION),
        }
    }

    /// Takes the tokens of a sign-in. `device` is the nonce of a device cookie for this account;
    /// once its bucket is empty, the browser is treated as unknown. `Err` is the number of seconds
    /// to wait.
    pub fn sign_in(
        &self,
        account: &str,
        network: IpAddr,
        device: Option<&[u8]>,
    ) -> Result<Guess<'_>, u32> {
        if let Some(device) = device
            && let Ok(taken) = self.device.take(&(account, device), 1)
        {
            return Ok(Guess(vec![taken]));
        }
        let by_network = self.network.take(&network, 1)?;
        let by_account = self.account.take(&account, 1);
        let in_network = if by_account.is_ok() {
            self.account_in_network.take(&(account, network), 1)
        } else {
            let caller = (account, provider_network(network));
            self.account_in_network.take(&caller, UNDER_ATTACK)
        };
        match in_network {
            Ok(in_network) => {
                let taken = [by_network, in_network].into_iter().chain(by_account);
                Ok(Guess(taken.collect()))
            }
            Err(wait) => {
                // Either all buckets admit the guess or none is charged.
                by_network.give_back();
                if let Ok(by_account) = by_account {
                    by_account.give_back();
                }
                Err(wait)
            }
        }
    }

    /// Takes the token of a form that cannot match an account, such as one with an overlong email
    /// address. Charged to the network.
    pub fn malformed(&self, network: IpAddr) -> Result<Guess<'_>, u32> {
        Ok(Guess(vec![self.network.take(&network, 1)?]))
    }

    /// Takes the token of a signed-in user who re-enters the password.
    pub fn session(&self, session_id: &str) -> Result<Guess<'_>, u32> {
        Ok(Guess(vec![self.session.take(&session_id, 1)?]))
    }
}

impl Guess<'_> {
    /// Refunds all tokens: the password was right, or it was not checked.
    pub fn give_back(self) {
        for taken in self.0 {
            taken.give_back();
        }
    }
}

/// Returns the largest network that a provider assigns to one customer: the /48 of an IPv6 address,
/// or the IPv4 address itself.
fn provider_network(network: IpAddr) -> IpAddr {
    match network {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !(u128::MAX >> 48)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};

    fn network(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(0x0a00_0000 + number).into()
    }

    fn limits() -> (LoginLimits, Clock) {
        let clock = Clock::stepped(DateTime::from_timestamp(1_795_000_000, 0).unwrap());
        (LoginLimits::new(&clock), clock)
    }

    #[test]
    fn an_attack_from_many_networks_slows_down_and_never_locks() {
        let (limits, clock) = limits();
        let guesses = |from: std::ops::Range<u32>| {
            let guess = |number| limits.sign_in("owner", network(number), None).is_ok();
            from.map(|number| (0..20).filter(|_| guess(number)).count())
                .sum::<usize>()
        };
        assert_eq!(guesses(0..10), 100);
        // From then on each network has two guesses, and one every five minutes.
        assert_eq!(guesses(10..50), 80);
        clock.advance(TimeDelta::minutes(1));
        assert!(guesses(10..50) <= 1);
        // The owner, from another network.
        assert!(limits.sign_in("owner", network(1000), None).is_ok());
        assert!(limits.sign_in("other", network(0), None).is_ok());
    }

    #[test]
    fn an_ipv6_site_counts_as_one_network_during_an_attack() {
        let (limits, _) = limits();
        for number in 0..100 {
            let taken = limits.sign_in("owner", network(number), None);
            assert!(taken.is_ok());
        }
        let site =
            |number: u128| IpAddr::from(Ipv6Addr::from_bits((0x2001_0db8 << 96) | (number << 64)));
        let admitted = (0..100).filter(|n| limits.sign_in("owner", site(*n), None).is_ok());
        assert_eq!(admitted.count(), 2);
    }

    #[test]
    fn a_known_browser_has_a_bucket_of_its_own() {
        let (limits, _) = limits();
        while limits.sign_in("owner", network(1), None).is_ok() {}
        for _ in 0..10 {
            let taken = limits.sign_in("owner", network(1), Some(b"laptop"));
            assert!(taken.is_ok());
        }
        assert!(
            limits
                .sign_in("owner", network(1), Some(b"laptop"))
                .is_err()
        );
        assert!(limits.sign_in("owner", network(2), Some(b"laptop")).is_ok());
        assert!(limits.sign_in("owner", network(1), Some(b"phone")).is_ok());
    }

    #[test]
    fn a_refused_guess_charges_no_bucket() {
        let (limits, _) = limits();
        for _ in 0..100 {
            let _ = limits.sign_in("owner", network(1), None);
        }
        let others = (0..100).filter(|n| limits.sign_in(&n.to_string(), network(1), None).is_ok());
        assert_eq!(others.count(), 20);
    }
}
