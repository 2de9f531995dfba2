//! User accounts: signing in, sessions and notification emails.

use super::{Answer, Session, TestApp};
use serde_json::{Value, json};
use std::path::Path;

/// Lets a test set the client IP address of its requests.
pub const PROXIED: &[&str] = &["--trusted-proxy", "127.0.0.1/32"];

/// Signs in from an IP address, with a device cookie if given. Needs a server with [`PROXIED`].
pub fn login_from(
    app: &TestApp,
    from: &str,
    email: &str,
    password: &str,
    device: Option<&str>,
) -> Answer {
    let mut request = app
        .browser("POST", "/api/v1/auth/login")
        .header("X-Forwarded-For", from);
    if let Some(device) = device {
        request = request.header("Cookie", &format!("pm_device={device}"));
    }
    let form = json!({"email": email, "password": password});
    request.json(&form).send()
}

/// Guesses passwords until the server rejects further attempts. Returns the number of attempts.
#[track_caller]
pub fn exhaust_guesses(app: &TestApp, from: &str, email: &str) -> usize {
    let mut evaluated = 0;
    while login_from(app, from, email, "wrong", None).status == 401 {
        evaluated += 1;
        assert!(evaluated < 200, "guesses are not limited");
    }
    evaluated
}

impl Session<'_> {
    /// Lists the sessions of the session's user.
    #[track_caller]
    pub fn list_sessions(&self) -> Vec<Value> {
        let page = self.get("/api/v1/auth/sessions").expect(200);
        let data = page["data"].as_array().expect("is a list").clone();
        assert_eq!(page["total"], data.len());
        data
    }

    /// Returns the id of this session.
    #[track_caller]
    pub fn id(&self) -> String {
        let sessions = self.list_sessions();
        let current = sessions.iter().find(|entry| entry["current"] == true);
        let id = current.expect("lists itself")["id"].as_str();
        id.expect("has an id").to_owned()
    }
}

/// Returns the emails in a data directory, with soft line breaks removed.
pub fn stored_emails(data_dir: &Path) -> Vec<String> {
    let files = std::fs::read_dir(data_dir.join("mail"));
    let files = files
        .into_iter()
        .flatten()
        .map(|file| file.expect("is read").path());
    let files = files.filter(|path| path.extension().is_some_and(|kind| kind == "eml"));
    // Quoted-printable breaks long lines.
    let text = |path| {
        std::fs::read_to_string(path)
            .expect("is read")
            .replace("=\r\n", "")
    };
    files.map(text).collect()
}
