//! The usage page: latency of its request with a history of 10 thousand to 100 million requests,
//! without hits in the response cache, and the slowdown that it causes for the gateway.
//! Everything runs in this process, in turns. Prints results without asserting anything.
//!
//! The query reads one row per route, status and time bucket. With a short history many buckets
//! lack rows; once all are present, the number of rows no longer grows.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "made-up numbers are small and positive"
)]

mod history;
#[expect(dead_code, reason = "the gateway's benchmark uses more of it")]
#[path = "../gateway/load.rs"]
mod load;
#[expect(dead_code, reason = "the gateway's benchmark uses more of it")]
#[path = "../gateway/subjects.rs"]
mod subjects;

use chrono::{DateTime, TimeDelta, Utc};
use load::Target;
use std::{
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
    time::{Duration, Instant},
};
use subjects::Gateway;

const SIZES: [(u64, &str); 4] = [
    (10_000, "10 thousand"),
    (1_000_000, "1 million"),
    (10_000_000, "10 million"),
    (100_000_000, "100 million"),
];
const RANGES: [(i64, &str); 4] = [(1, "1h"), (24, "24h"), (7 * 24, "7d"), (30 * 24, "30d")];
const QUESTIONS: usize = 100;
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(500);

fn main() {
    // cargo passes --bench, and `cargo test --benches` passes --test.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let pages = SIZES.map(|(requests, name)| {
        let began = Instant::now();
        let page = Page::behind(requests);
        println!(
            "wrote the history of {name} requests in {:.1?}",
            began.elapsed()
        );
        page
    });
    print_latencies(&pages);
    print_slowdown(&pages[2]);
}

/// A server with a history, and a signed-in user who requests the usage page.
struct Page {
    gateway: Gateway,
    agent: ureq::Agent,
    asked: AtomicI64,
}

impl Page {
    fn behind(requests: u64) -> Self {
        let gateway = Gateway::start(10, &["--workers", "1", "--bcrypt-cost", "4"]);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(history::write(&gateway.state, &gateway.keys, requests));
        Self {
            gateway,
            agent: ureq::Agent::new_with_defaults(),
            asked: AtomicI64::new(0),
        }
    }

    /// Requests the last `hours`. Each call ends at another minute, to miss the response cache.
    fn ask(&self, hours: i64) -> Duration {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        let shift = TimeDelta::minutes(number % 55);
        let now = self.gateway.state.clock.now();
        let from = now - TimeDelta::hours(hours) + shift;
        let key = if number % 2 == 0 {
            None
        } else {
            self.gateway.keys.first()
        };
        let filter = key.map_or_else(String::new, |key| format!("&key_id=key_{}", &key[8..20]));
        let until = until(now, number);
        self.get(&format!("range=custom&from={}{until}{filter}", text(from)))
    }

    fn get(&self, query: &str) -> Duration {
        let url = format!(
            "http://{}/api/v1/tenant/analytics/api-usage?{query}",
            self.gateway.addr
        );
        let bearer = format!("Bearer {}", self.gateway.keys[0]);
        let began = Instant::now();
        let request = self.agent.get(url).header("Authorization", bearer);
        let body = request.call().unwrap().body_mut().read_to_vec().unwrap();
        assert!(body.len() > 1000);
        began.elapsed()
    }
}

/// Returns a different end in the future on each call. The server treats it as now.
fn until(now: DateTime<Utc>, number: i64) -> String {
    let end = now + TimeDelta::days(1) + TimeDelta::seconds(number);
    format!("&to={}", text(end))
}

fn text(moment: DateTime<Utc>) -> impl std::fmt::Display {
    moment.format("%Y-%m-%dT%H:%M:%SZ")
}

fn print_latencies(pages: &[Page; SIZES.len()]) {
    print!("\n{:<16}", "p50 / p95 in ms");
    for (_, name) in SIZES {
        print!("{name:>14}");
    }
    println!();
    for (hours, range) in RANGES {
        let mut times: [Vec<f64>; SIZES.len()] = Default::default();
        for _ in 0..QUESTIONS {
            for (page, times) in pages.iter().zip(&mut times) {
                times.push(page.ask(hours).as_secs_f64() * 1000.0);
            }
        }
        print!("{range:<16}");
        for times in &mut times {
            times.sort_by(f64::total_cmp);
            let [p50, p95] = [50, 95].map(|part| times[times.len() * part / 100]);
            print!("{:>14}", format!("{p50:.1} / {p95:.1}"));
        }
        println!();
    }
}

/// Load on the usage page while the gateway is measured.
enum Asking {
    /// No requests to the page.
    Never,
    /// This many identical requests per second.
    Same(u32),
    /// This many requests per second, each for another range.
    Anew(u32),
    /// Back-to-back requests, each for another range.
    Always,
}

fn print_slowdown(page: &Page) {
    let target = Target::new("whoami", page.gateway.addr, &page.gateway.keys);
    let ways = [
        (Asking::Never, "not asked"),
        (Asking::Same(100), "100/s, the same"),
        (Asking::Anew(5), "5/s, anew"),
        (Asking::Always, "one after the other, anew"),
    ];
    let rounds: Vec<Vec<f64>> = (0..ROUNDS)
        .map(|_| {
            ways.iter()
                .map(|(way, _)| throughput(page, &target, way))
                .collect()
        })
        .collect();
    println!(
        "\n{:<28}{:>14}{:>10}",
        "whoami, the page being", "requests/s", "ratio"
    );
    for (index, (_, name)) in ways.iter().enumerate() {
        let rate = median(rounds.iter().map(|round| round[index]));
        let ratio = median(rounds.iter().map(|round| round[index] / round[0]));
        println!("{name:<28}{rate:>14.0}{ratio:>10.3}");
    }
}

fn throughput(page: &Page, target: &Target, asking: &Asking) -> f64 {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                match asking {
                    Asking::Never => return,
                    Asking::Same(rate) => {
                        page.get("range=7d");
                        std::thread::sleep(Duration::from_secs(1) / *rate);
                    }
                    Asking::Anew(rate) => {
                        page.ask(7 * 24);
                        std::thread::sleep(Duration::from_secs(1) / *rate);
                    }
                    Asking::Always => {
                        page.ask(7 * 24);
                    }
                }
            }
        });
        let (rate, _) = target.throughput(ROUND);
        done.store(true, Ordering::Relaxed);
        rate
    })
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
