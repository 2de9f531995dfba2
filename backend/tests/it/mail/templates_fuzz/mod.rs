//! Hostile templates: thousands of generated ones, and shapes that have crashed or stalled
//! template engines. They run in a process whose memory and CPU time the operating system limits.

mod generator;
mod shapes;

use crate::util::process::{KEYS, Process, furnished};
use backend::{
    clock::Clock,
    mail::{render_pool::RenderPool, template::Source},
};
use generator::Generator;
use serde_json::{Map, Value, json};
use shared::{email::BODY_MAX_BYTES, error::FieldError, ids::TenantId};
use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::ScopedJoinHandle,
    time::Duration,
};

/// Address space of the rendering process, in KiB: the test binary plus two template threads.
const CHILD_MEMORY_KIB: u64 = 640 * 1024;
/// Address space of the server, in bytes: mostly stacks of idle threads.
const SERVER_MEMORY_BYTES: u64 = 2 << 30;
const CI_TEMPLATES: u64 = 10_000;

#[expect(clippy::disallowed_methods, reason = "settings of this test alone")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Returns values of every JSON type, almost as large as a request may contain.
fn variables() -> Map<String, Value> {
    let list: Vec<_> = (0..3000).collect();
    let mut deep = json!("x");
    for _ in 0..100 {
        deep = json!([deep]);
    }
    let all = json!({"a": {"a": {"a": "x"}, "b": [1, "<&>", null]}, "list": list,
        "text": "q\"<".repeat(8000), "deep": deep, "no": null, "yes": true, "n": 1.5, "e": ""});
    all.as_object().expect("is an object").clone()
}

#[cfg(unix)]
#[test]
fn ten_thousand_templates_stay_within_memory_and_time_limits() {
    let count = setting("PENGUINMAILS_FUZZ_TEMPLATES").unwrap_or(CI_TEMPLATES);
    // 10 ms for each template, and a minute for the large shapes.
    let cpu_secs = 60 + count / 100;
    let limits = format!("ulimit -v {CHILD_MEMORY_KIB} && ulimit -t {cpu_secs} && exec \"$@\"");
    let program = std::env::current_exe().expect("knows itself");
    let mut child = Command::new("sh");
    child.args(["-c", &limits, "sh"]).arg(program).args([
        "mail::templates_fuzz::child_renders_templates",
        "--exact",
        "--ignored",
        "--nocapture",
    ]);
    child.env("PENGUINMAILS_FUZZ_TEMPLATES", count.to_string());
    child.env("MALLOC_ARENA_MAX", "2");
    let output = child.output().expect("starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "{:?}\n{stdout}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let result = stdout.lines().find(|line| line.starts_with("rendered"));
    println!("{}", result.expect("says what it did"));
}

#[test]
#[ignore = "run by the test above, with limits"]
fn child_renders_templates() {
    let count = setting("PENGUINMAILS_FUZZ_TEMPLATES").unwrap_or(CI_TEMPLATES);
    let seed = setting("PENGUINMAILS_FUZZ_SEED").unwrap_or(12);
    let clock = Clock::system();
    let pool = RenderPool::start(&clock).expect("starts");
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().expect("starts");
    let mut generator = Generator::new(seed);
    let generated = (0..count).map(|_| generator.template());
    let tenant = TenantId::new("ten_fuzz");
    let variables = Arc::new(variables());
    let (mut rendered, mut rejected) = (0, 0);
    let mut slowest = (Duration::ZERO, String::new());
    for template in shapes::all().map(|(_, template)| template).chain(generated) {
        let variables = variables.clone();
        let shown: String = template.chars().take(300).collect();
        let began = clock.monotonic();
        let render = move |clock: &Clock| {
            let source = Source {
                subject: "a",
                html_body: &template,
                text_body: None,
            };
            let checked = source.check(clock);
            (checked, source.render(&variables, clock))
        };
        let (checked, result) = runtime.block_on(pool.run(&tenant, render)).expect(&shown);
        slowest = slowest.max((clock.monotonic().saturating_sub(began), shown.clone()));
        match result {
            Ok(mail) => {
                // On a busy machine, validation may exceed the time limit although rendering did
                // not.
                let is_slow = |error: &FieldError| error.message.contains("takes too long");
                let checked = checked
                    .as_ref()
                    .err()
                    .is_none_or(|them| them.iter().all(is_slow));
                assert!(checked && mail.html_body.len() <= BODY_MAX_BYTES, "{shown}");
                rendered += 1;
            }
            Err(error) => {
                assert!(
                    error.message.contains("The template's "),
                    "{shown}: {error:?}"
                );
                rejected += 1;
            }
        }
    }
    assert!(
        rendered > count / 4,
        "most are rejected: {rendered} of {count}"
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmHWM"));
    let memory = memory.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    println!(
        "rendered {rendered} templates and rejected {rejected}; {}; the slowest took {slowest:?}",
        memory.unwrap_or_default()
    );
}

#[cfg(target_os = "linux")]
#[test]
fn readyz_200_while_the_server_renders_hostile_templates() {
    let place = furnished();
    let mut server = Process::start(&place);
    let pid = server.child.id().to_string();
    let limits = [
        format!("--as={SERVER_MEMORY_BYTES}"),
        "--cpu=300".to_owned(),
    ];
    let limited = Command::new("prlimit")
        .args(["--pid", &pid])
        .args(limits)
        .status();
    assert!(limited.expect("util-linux is installed").success());
    let form = json!({"name": "a", "environment": "test",
        "permissions": ["campaigns:write", "emails:send"]});
    let owner = server.owner();
    let created = server.request("POST", KEYS).header("Cookie", &owner);
    let key = created.json(&form).send().expect(201)["api_key"].clone();
    let key = format!("Bearer {}", key.as_str().expect("is a key"));

    let ended = AtomicBool::new(false);
    let slowest = std::thread::scope(|scope| {
        let (server, ended, key) = (&server, &ended, &key);
        let watcher = scope.spawn(move || {
            let clock = Clock::system();
            let mut slowest = Duration::ZERO;
            while !ended.load(Ordering::SeqCst) {
                let began = clock.monotonic();
                let answer = server.request("GET", "/readyz").send();
                assert_eq!(answer.status, 200, "the server is not ready");
                slowest = slowest.max(clock.monotonic().saturating_sub(began));
                std::thread::sleep(Duration::from_millis(10));
            }
            slowest
        });
        let attackers: Vec<_> = (0..4)
            .map(|number| scope.spawn(move || attack(server, key, number)))
            .collect();
        let attacked: Vec<_> = attackers.into_iter().map(ScopedJoinHandle::join).collect();
        ended.store(true, Ordering::SeqCst);
        for result in attacked {
            result.expect("every request is answered");
        }
        watcher.join().expect("the server answers throughout")
    });
    assert!(server.child.try_wait().expect("asks").is_none(), "it ended");
    println!("the slowest answer of /readyz took {slowest:?}");
}

/// Stores and sends a quarter of the shapes.
#[cfg(target_os = "linux")]
fn attack(server: &Process, key: &str, number: usize) {
    let variables = variables();
    for (name, template) in shapes::all().skip(number).step_by(4) {
        let path = format!("/v1/templates/t{number}");
        let form = json!({"subject": "a", "html_body": template});
        let put = server.request("PUT", &path).header("Authorization", key);
        let status = put.json(&form).send().status;
        assert!(
            matches!(status, 200 | 201 | 400 | 413 | 503),
            "{name}: {status}"
        );
        if matches!(status, 200 | 201) {
            let mail = json!({"to": "a@example.com", "template_id": format!("t{number}"),
                "variables": variables});
            let request = server.request("POST", "/v1/emails/send");
            let sent = request.header("Authorization", key).json(&mail).send();
            assert!(
                matches!(sent.status, 200 | 400 | 503),
                "{name}: {}",
                sent.status
            );
        }
    }
}
