//! Unit tests of the rate limits.

use super::*;
use shared::operation::{Row, SendEmail, Whoami};

const PLAN: PlanLimits = PlanLimits {
    rate_per_minute: 300,
    burst: 500,
};

fn at(secs: f64) -> Duration {
    Duration::from_secs(1000) + Duration::from_secs_f64(secs)
}

fn moment(monotonic: Duration) -> Moment {
    Moment {
        utc_ms: 0,
        monotonic,
    }
}

fn charge(limits: &TenantLimits, of: Environment, now: Duration) -> (Result<(), Wait>, Charge) {
    let (outcome, charge) = limits.charge(of, Whoami::INDEX, moment(now));
    (outcome.map_err(|refused| refused.wait), charge)
}

fn admit(limits: &TenantLimits, now: Duration) -> bool {
    charge(limits, Environment::Live, now).0.is_ok()
}

#[test]
fn admits_exactly_the_bucket_from_many_threads() {
    let limits = TenantLimits::new(Plan::Professional, PLAN);
    let admitted: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..10)
            .map(|_| scope.spawn(|| (0..100).filter(|_| admit(&limits, at(0.0))).count()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(admitted, 500);
    assert_eq!(
        limits.view(Environment::Live, at(0.0)).used_last_minute,
        500
    );
    assert!(charge(&limits, Environment::Test, at(0.0)).0.is_ok());
    let count = |of| {
        limits
            .take_minutes(of)
            .iter()
            .map(|c| (c.admitted, c.refused))
            .collect()
    };
    let both: [Vec<_>; 2] = Environment::ALL.map(count);
    assert_eq!(both, [vec![(500, 500)], vec![(1, 0)]]);
}

#[test]
fn what_an_endpoint_refuses_costs_the_plan_nothing() {
    let limits = TenantLimits::new(Plan::Professional, PLAN);
    let send = || limits.charge(Environment::Live, SendEmail::INDEX, moment(at(0.0)));
    let admitted: usize = std::thread::scope(|scope| {
        let sender = || (0..100).filter(|_| send().0.is_ok()).count();
        let threads: Vec<_> = (0..10).map(|_| scope.spawn(sender)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(admitted, 60);
    let (outcome, charge) = send();
    let refused = outcome.unwrap_err();
    assert_eq!((refused.by, refused.wait), (LimitKind::Endpoint, Wait(1)));
    assert_eq!(charge.plan.remaining, 440);
    let view = limits.view(Environment::Live, at(0.0));
    let refused = view.endpoints[0].refused_last_minute;
    assert_eq!((view.refused_last_minute, refused), (0, 941));
    let counts = limits.take_minutes(Environment::Live);
    assert_eq!(
        (counts[0].refused, counts[0].refused_by_endpoint),
        (941, 941)
    );
    assert_eq!(charge.endpoint.unwrap().remaining, 0);
    assert!(admit(&limits, at(0.0)), "other endpoints go on");
}

#[test]
fn a_refusal_says_when_to_come_back_and_that_is_true() {
    let limits = TenantLimits::new(
        Plan::Starter,
        PlanLimits {
            rate_per_minute: 60,
            burst: 2,
        },
    );
    assert!(admit(&limits, at(0.0)) && admit(&limits, at(0.0)));
    let (outcome, charge) = charge(&limits, Environment::Live, at(0.2));
    assert_eq!(outcome, Err(Wait(1)));
    assert_eq!((charge.plan.remaining, charge.plan.reset_secs), (0, 2));
    assert!(admit(&limits, at(1.2)));
}

#[test]
fn a_client_at_three_quarters_of_its_rate_is_never_refused() {
    let limits = TenantLimits::new(Plan::Professional, PLAN);
    let interval = 60.0 / (300.0 * 0.75);
    assert!((0..10_000).all(|n| admit(&limits, at(f64::from(n) * interval))));
}

#[test]
fn what_is_written_is_what_serde_would_write() {
    let limits = TenantLimits::new(Plan::Starter, PLAN);
    let same = |now| {
        let mut json = Vec::new();
        limits.write_view(Environment::Live, now, &mut json);
        let read: RateLimitView = serde_json::from_slice(&json).unwrap();
        assert_eq!(read, limits.view(Environment::Live, now));
        read
    };
    same(at(0.0));
    for _ in 0..7 {
        limits
            .charge(Environment::Live, SendEmail::INDEX, moment(at(0.0)))
            .0
            .unwrap();
    }
    let view = same(at(0.5));
    assert_eq!((view.used_last_minute, view.burst_remaining), (7, 495));
    assert_eq!(view.endpoints[0].burst_remaining, 53);
    limits.set_plan(Plan::Enterprise, PLAN, at(90.0));
    assert_eq!(same(at(90.0)).plan, Plan::Enterprise);
}

fn limits(rate_per_minute: u32, burst: u32) -> PlanLimits {
    PlanLimits {
        rate_per_minute,
        burst,
    }
}

fn remaining(limits: &TenantLimits, now: Duration) -> u32 {
    limits.peek(Environment::Live, now).plan.remaining
}

#[test]
fn a_new_plan_carries_over_the_tokens_that_are_used() {
    for (before, calls, after, left) in [
        ((60, 100), 100, (60_000, 60_000), 59_900),
        ((60, 60), 60, (300, 500), 440),
        // Changes of only the rate or only the burst.
        ((60, 100), 100, (60, 250), 150),
        ((60, 100), 40, (6000, 100), 60),
        // Lowered: used tokens stay used, up to the new burst.
        ((300, 500), 100, (60, 60), 0),
        ((300, 500), 20, (60, 60), 40),
        ((60, 100), 0, (60_000, 60_000), 60_000),
    ] {
        let tenant = TenantLimits::new(Plan::Starter, limits(before.0, before.1));
        for _ in 0..calls {
            assert!(admit(&tenant, at(0.0)));
        }
        tenant.set_plan(Plan::Business, limits(after.0, after.1), at(0.0));
        assert_eq!(remaining(&tenant, at(0.0)), left, "{before:?} {after:?}");
        assert_eq!(admit(&tenant, at(0.0)), left > 0, "{before:?} {after:?}");
    }
}

/// A deterministic pseudo-random number generator.
fn numbers() -> impl FnMut(u32, u32) -> u32 {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    move |from, to| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        from + u32::try_from(state >> 33).unwrap() % (to - from + 1)
    }
}

#[test]
fn changes_of_plan_neither_lose_nor_grant_tokens() {
    let mut number = numbers();
    for _ in 0..60 {
        let mut rate = number(1, 5000);
        let mut burst = number(1, 5000);
        let tenant = TenantLimits::new(Plan::Starter, limits(rate, burst));
        let mut now = at(0.0);
        for _ in 0..20 {
            now += Duration::from_millis(number(0, 20_000).into());
            for _ in 0..number(0, 200) {
                let had = remaining(&tenant, now);
                assert_eq!(admit(&tenant, now), had > 0);
                assert_eq!(remaining(&tenant, now), had.saturating_sub(1));
            }
            let used = burst - remaining(&tenant, now);
            (rate, burst) = (number(1, 5000), number(1, 5000));
            tenant.set_plan(Plan::Starter, limits(rate, burst), now);
            let left = remaining(&tenant, now);
            assert_eq!(left, burst.saturating_sub(used), "{rate} a minute, {burst}");
            // The wait never exceeds the time that the new bucket takes to fill.
            let (outcome, charge) = charge(&tenant, Environment::Live, now);
            assert_eq!(outcome.is_ok(), left > 0);
            assert!(charge.plan.reset_secs <= Rate::from(limits(rate, burst)).window_secs());
        }
    }
}
