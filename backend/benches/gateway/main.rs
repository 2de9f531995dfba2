//! Cost of the gateway, layer by layer: a bare actix-web handler, then one more part of `GET
//! /v1/whoami` in each step, then the whole server under harder conditions.
//!
//! All subjects run in this process on one worker each and are measured in turns, so that the
//! ratios do not depend on the machine. Prints results without asserting anything.
//!
//! `cargo bench -p backend --bench gateway -- "whole gateway" p99` measures only subjects with
//! one of these texts in their name, and the bare handler.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

mod load;
mod subjects;

use actix_web::web;
use backend::state::AppState;
use load::Target;
use std::{net::SocketAddr, time::Duration};
use subjects::Gateway;

const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(500);
const TAIL_ROUNDS: usize = 7;
/// Long enough that every round includes a write of the counters.
const TAIL_ROUND: Duration = Duration::from_millis(2200);
const ONE_WORKER: [&str; 4] = ["--workers", "1", "--bcrypt-cost", "4"];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    // cargo passes --bench, and `cargo test --benches` passes --test.
    if arguments.iter().any(|argument| argument == "--test") {
        return;
    }
    let wanted = |name: &str| {
        let mut parts = arguments.iter().filter(|part| !part.starts_with("--"));
        parts.clone().next().is_none() || parts.any(|part| name.contains(&**part))
    };
    let gateway = Gateway::start(10, &ONE_WORKER);
    let keys = &gateway.keys;
    let whole = Target::new("whole gateway", gateway.addr, keys);
    let answer = String::from_utf8(whole.first_answer()).unwrap();
    let body: &'static str = answer.split("\r\n\r\n").nth(1).unwrap().to_owned().leak();
    let bare = Target::new("bare handler", subjects::bare(body), keys);
    let rung = |name, serve: fn(web::Data<AppState>, &'static str) -> SocketAddr| {
        Target::new(name, serve(gateway.state.clone(), body), keys)
    };
    let both = keys.iter().flat_map(|key| [key.clone(), misspelt(key)]);
    let both: Vec<_> = both.collect();
    let mut targets = vec![
        rung("+ key", subjects::with_key_check),
        rung("+ limits", subjects::with_limits),
        rung("+ record and headers", subjects::with_record),
        Target::new("whole gateway", gateway.addr, keys),
        Target::new("whole, half the keys wrong", gateway.addr, &both),
    ];
    targets.retain(|target| wanted(target.name));
    targets.insert(0, bare);
    let on_postgres = "whole, on PostgreSQL";
    let postgres = wanted(on_postgres).then(subjects::postgres_url).flatten();
    let postgres = postgres.map(|url| {
        let flags = ONE_WORKER.iter().copied().chain(["--database-url", &url]);
        Gateway::start(10, &flags.collect::<Vec<_>>())
    });
    if let Some(postgres) = &postgres {
        targets.push(Target::new(on_postgres, postgres.addr, &postgres.keys));
    }
    print_throughputs(&targets);
    if postgres.is_none() && wanted(on_postgres) {
        println!("{on_postgres:<32}{:>14}", "no server");
    }
    if wanted("p99") {
        print_tails(&targets[0], &whole);
    }
    if wanted("100,000 keys") {
        let mut many = Gateway::start(1, &ONE_WORKER);
        many.add_trusted_keys(100_000);
        let many = Target::new("whole, 100,000 keys", many.addr, &many.keys);
        many.once();
        println!();
        print_throughputs(&[whole, many]);
    }
    if wanted("restart storm") {
        print_storm();
    }
}

/// Measures a thousand keys that a new process has not cached, all at once.
fn print_storm() {
    let gateway = Gateway::start(1000, &[]);
    let (took, ok) = Target::new("restart storm", gateway.addr, &gateway.keys).once();
    println!(
        "\nrestart storm: {ok} of 1000 cold keys answered 200 in {} ms",
        took.as_millis()
    );
}

/// Replaces one character of the key's secret part.
fn misspelt(key: &str) -> String {
    let (head, tail) = key.split_at(30);
    let wrong = if tail.starts_with('x') { 'y' } else { 'x' };
    format!("{head}{wrong}{}", &tail[1..])
}

fn print_throughputs(targets: &[Target]) {
    let rounds: Vec<Vec<_>> = (0..ROUNDS)
        .map(|_| {
            targets
                .iter()
                .map(|target| target.throughput(ROUND))
                .collect()
        })
        .collect();
    println!(
        "{:<32}{:>14}{:>10}{:>18}",
        "one worker, warm keys", "requests/s", "ratio", "CPU us/request"
    );
    for (index, target) in targets.iter().enumerate() {
        let rate = median(rounds.iter().map(|round| round[index].0));
        // Ratios are computed within a round, because other work on the machine slows down all
        // subjects.
        let ratio = median(rounds.iter().map(|round| round[index].0 / round[0].0));
        let cost = median(rounds.iter().map(|round| round[index].1));
        println!("{:<32}{rate:>14.0}{ratio:>10.3}{cost:>18.2}", target.name);
    }
}

fn print_tails(bare: &Target, whole: &Target) {
    let half = whole.throughput(ROUND).0 / 2.0;
    let tails: Vec<_> = (0..TAIL_ROUNDS)
        .map(|_| (bare.p99(half, TAIL_ROUND), whole.p99(half, TAIL_ROUND)))
        .collect();
    println!(
        "\n{:<32}{:>14}{:>10}",
        format!("p99 at {half:.0} requests/s"),
        "microseconds",
        "ratio"
    );
    let of_bare = median(tails.iter().map(|tail| tail.0));
    println!("{:<32}{of_bare:>14.0}{:>10.3}", bare.name, 1.0);
    let of_whole = median(tails.iter().map(|tail| tail.1));
    let ratio = median(tails.iter().map(|tail| tail.1 / tail.0));
    println!("{:<32}{of_whole:>14.0}{ratio:>10.3}", whole.name);
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
