//! The real binary as a separate process.

use super::{
    PASSWORD,
    app::Place,
    eventually,
    http::{Answer, Request, agent},
};
use serde_json::{Value, json};
use std::{
    io::Write,
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
};

pub const KEYS: &str = "/api/v1/platform/api-keys";

/// Builds a command for a subcommand with its flags, on the data in `place`.
pub fn binary(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_penguinmails"));
    let (subcommand, rest) = arguments.split_first().expect("names a subcommand");
    command.arg(subcommand).args(place.flags()).args(rest);
    command.env("PENGUINMAILS_LOG", "warn");
    command
}

/// A running server, killed on drop.
pub struct Process {
    pub child: Child,
    pub addr: SocketAddr,
    agent: ureq::Agent,
}

impl Process {
    pub fn start(place: &Place) -> Self {
        Self::start_with(place, |command| command.stdout(Stdio::null()))
    }

    /// Like [`Self::start`], with additional arguments, variables or streams.
    pub fn start_with(place: &Place, adjust: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|probe| probe.local_addr());
        let addr = free.expect("there is a free port");
        let mut command = binary(place, &["serve", "--addr", &addr.to_string()]);
        let child = adjust(&mut command).spawn().expect("starts");
        let process = Self {
            child,
            addr,
            agent: agent(),
        };
        eventually(|| process.request("GET", "/readyz").try_send().ok());
        process
    }

    pub fn request(&self, method: &str, path: &str) -> Request<'_> {
        let origin = format!("http://{}", self.addr);
        Request::new(&self.agent, method, &format!("{origin}{path}")).header("Origin", &origin)
    }

    /// Signs in as the owner with sudo. Returns the cookie.
    pub fn owner(&self) -> String {
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

    pub fn create_key(&self, cookie: &str) -> Value {
        let scopes = ["contacts:read", "emails:send"];
        let form = json!({"name": "a", "environment": "live", "permissions": scopes});
        self.request("POST", KEYS)
            .header("Cookie", cookie)
            .json(&form)
            .send()
            .expect(201)
    }

    /// Sends an email to this address. Returns its id.
    pub fn send(&self, key: &str, to: &str) -> String {
        let mail = json!({"to": to, "subject": "Hi", "html_body": "Hi"});
        let request = self.request("POST", "/v1/emails/send").json(&mail);
        let request = request.header("Authorization", &format!("Bearer {key}"));
        let id = request.send().expect(200)["id"].clone();
        id.as_str().expect("has an id").to_owned()
    }

    /// Kills the process, as a crash would.
    pub fn kill(&mut self) {
        self.child.kill().expect("kills");
        self.child.wait().expect("ends");
    }

    pub fn whoami(&self, key: &str) -> Result<Answer, ureq::Error> {
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

/// Creates a place with one company that has practically unlimited rates.
pub fn furnished() -> Place {
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
