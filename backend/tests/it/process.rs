//! The real binary, as an operator runs and kills it.

use crate::util::{
    PASSWORD,
    app::Place,
    eventually,
    http::{Answer, Request, agent},
    json,
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

const KEYS: &str = "/api/v1/platform/api-keys";

fn binary(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_penguinmails"));
    let (subcommand, rest) = arguments.split_first().expect("names a subcommand");
    command.arg(subcommand).args(place.flags()).args(rest);
    command.env("PENGUINMAILS_LOG", "warn");
    command
}

/// A running server; killed when dropped.
struct Process {
    child: Child,
    addr: SocketAddr,
    agent: ureq::Agent,
}

impl Process {
    fn start(place: &Place) -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|probe| probe.local_addr());
        let addr = free.expect("there is a free port");
        let child = binary(place, &["serve", "--addr", &addr.to_string()])
            .stdout(Stdio::null())
            .spawn()
            .expect("starts");
        let process = Self {
            child,
            addr,
            agent: agent(),
        };
        eventually(|| process.request("GET", "/readyz").try_send().ok());
        process
    }

    fn request(&self, method: &str, path: &str) -> Request<'_> {
        let origin = format!("http://{}", self.addr);
        Request::new(&self.agent, method, &format!("{origin}{path}")).header("Origin", &origin)
    }

    /// Signs in as the owner with sudo. Returns the cookie.
    fn owner(&self) -> String {
        let form = json!({"email": "owner@acme.test", "password": PASSWORD});
        let login = self
            .request("POST", "/api/v1/auth/login")
            .json(&form)
            .send();
        login.expect(200);
        let cookie = |answer: &Answer| {
            format!(
                "pm_session={}",
                answer.cookie("pm_session").expect("sets a cookie")
            )
        };
        let form = json!({"password": PASSWORD});
        let sudo = self
            .request("POST", "/api/v1/auth/sudo")
            .header("Cookie", &cookie(&login));
        let sudo = sudo.json(&form).send();
        sudo.expect(200);
        cookie(&sudo)
    }

    fn create_key(&self, cookie: &str) -> Value {
        let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
        self.request("POST", KEYS)
            .header("Cookie", cookie)
            .json(&form)
            .send()
            .expect(201)
    }

    fn whoami(&self, key: &str) -> Result<Answer, ureq::Error> {
        let request = self.request("GET", "/v1/whoami");
        request
            .header("Authorization", &format!("Bearer {key}"))
            .try_send()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A place with one company, whose limits are far away.
fn furnished() -> Place {
    let place = Place::new();
    let mut create = binary(
        &place,
        &[
            "admin",
            "create-user",
            "--email",
            "owner@acme.test",
            "--role",
            "owner",
            "--tenant",
            "acme",
        ],
    );
    let mut create = create
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("starts");
    let mut input = create.stdin.take().expect("is asked for a password");
    writeln!(input, "{PASSWORD}").expect("takes the password");
    drop(input);
    assert!(create.wait().expect("ends").success());
    let mut limits = binary(
        &place,
        &[
            "admin",
            "set-limits",
            "--tenant",
            "acme",
            "--rate-per-minute",
            "1000000",
            "--burst",
            "1000000",
        ],
    );
    assert!(
        limits
            .stdout(Stdio::null())
            .status()
            .expect("ends")
            .success()
    );
    place
}

#[test]
fn a_created_key_survives_kill_9() {
    let place = furnished();
    let mut server = Process::start(&place);
    let cookie = server.owner();
    let created = server.create_key(&cookie);
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let server = Process::start(&place);
    let key = created["api_key"].as_str().unwrap();
    server.whoami(key).unwrap().expect(200);
    // The session does, too.
    let path = format!("{KEYS}/{}", created["key"]["id"].as_str().unwrap());
    let revoked = server
        .request("DELETE", &path)
        .header("Cookie", &cookie)
        .send();
    revoked.expect(200);
    drop(server);
    let server = Process::start(&place);
    server.whoami(key).unwrap().problem(401, "invalid_token");
}

#[cfg(unix)]
#[test]
fn sigterm_under_load_ends_in_time_and_counts_every_answer() {
    let place = furnished();
    let mut server = Process::start(&place);
    let cookie = server.owner();
    let created = server.create_key(&cookie);
    let key = created["api_key"].as_str().unwrap().to_owned();

    // An open dashboard.
    let mut events = TcpStream::connect(server.addr).unwrap();
    events
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let request = format!(
        "GET /api/v1/tenant/live HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n",
        server.addr
    );
    events.write_all(request.as_bytes()).unwrap();
    let mut events = BufReader::new(events);
    let mut line = String::new();
    events.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");

    let answered = AtomicU64::new(0);
    let pid = server.child.id().to_string();
    std::thread::scope(|scope| {
        let load = || {
            scope.spawn(|| {
                while let Ok(answer) = server.whoami(&key) {
                    answer.expect(200);
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            });
        };
        (0..4).for_each(|_| load());
        eventually(|| (answered.load(Ordering::SeqCst) > 500).then_some(()));
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
    });
    // Nobody answers any more; the stream has ended in order.
    let mut rest = Vec::new();
    let ended = std::io::Read::read_to_end(&mut events, &mut rest);
    let mut exited = None;
    for _ in 0..600 {
        exited = server.child.try_wait().unwrap();
        if exited.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(
        exited.is_some_and(|status| status.success()),
        "{exited:?} within 12 s"
    );
    assert!(ended.is_ok() && rest.ends_with(b"0\r\n\r\n"), "{ended:?}");

    let server = Process::start(&place);
    let path = format!("{KEYS}/{}", created["key"]["id"].as_str().unwrap());
    let view = server
        .request("GET", &path)
        .header("Cookie", &cookie)
        .send()
        .expect(200);
    assert_eq!(view["usage"]["total_requests"], answered.into_inner());
    assert_eq!(view["usage"]["error_rate"], 0.0);
}
