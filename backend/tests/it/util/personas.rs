//! Callers: users with a session, and applications with a key.

use super::{
    TestApp,
    http::{Answer, Request},
};
use backend::auth::password;
use serde_json::{Value, json};
use std::sync::OnceLock;

/// Password of every user in the tests.
pub const PASSWORD: &str = "correct horse battery";

/// Returns the hash of [`PASSWORD`].
pub fn password_hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = || password::hash(PASSWORD).expect("hashes");
    HASH.get_or_init(hash).clone()
}

/// A signed-in browser session.
#[derive(Clone)]
pub struct Session<'a> {
    pub app: &'a TestApp,
    /// Value of the session cookie.
    pub token: String,
}

impl<'a> Session<'a> {
    #[track_caller]
    pub fn sign_in(app: &'a TestApp, email: &str) -> Self {
        let form = json!({"email": email, "password": PASSWORD});
        let answer = app.browser("POST", "/api/v1/auth/login").json(&form).send();
        answer.expect(200);
        let token = answer.cookie("pm_session").expect("sets a cookie");
        Self { app, token }
    }

    /// Enters the password again.
    #[track_caller]
    pub fn with_sudo(mut self) -> Self {
        let answer = self.post("/api/v1/auth/sudo", &json!({"password": PASSWORD}));
        answer.expect(200);
        self.token = answer.cookie("pm_session").expect("sets a new cookie");
        self
    }

    pub fn request(&self, method: &str, path: &str) -> Request<'a> {
        let cookie = format!("pm_session={}", self.token);
        self.app.browser(method, path).header("Cookie", &cookie)
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send()
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).send()
    }

    #[track_caller]
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.request("PATCH", path).json(body).send()
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", path).send()
    }

    /// Creates a key; needs sudo.
    #[track_caller]
    pub fn create_key(&self, form: &Value) -> Key<'a> {
        let created = self.post("/api/v1/platform/api-keys", form).expect(201);
        Key::shown(self.app, &created)
    }

    /// Approves bulk sending; needs sudo.
    #[track_caller]
    pub fn approve(&self, key: &Key<'_>) {
        self.request("POST", &key.action("approve"))
            .send()
            .expect(200);
    }

    /// Returns the key with this id.
    #[track_caller]
    pub fn key_view(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/platform/api-keys/{id}"))
            .expect(200)
    }
}

/// An application with an API key.
#[derive(Clone)]
pub struct Key<'a> {
    pub app: &'a TestApp,
    pub id: String,
    /// The complete key, including its secret.
    pub plain: String,
}

impl<'a> Key<'a> {
    pub fn request(&self, method: &str, path: &str) -> Request<'a> {
        let bearer = format!("Bearer {}", self.plain);
        self.app
            .request(method, path)
            .header("Authorization", &bearer)
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send()
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).send()
    }

    #[track_caller]
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.request("PUT", path).json(body).send()
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", path).send()
    }

    /// Creates a playground token for the key, which acts as a caller itself.
    #[track_caller]
    pub fn playground_token(&self, session: &Session<'a>) -> Self {
        let answer = session
            .request("POST", &self.action("playground-token"))
            .send();
        let token = answer.expect(201)["token"].clone();
        Self {
            app: session.app,
            id: self.id.clone(),
            plain: token.as_str().expect("is shown").to_owned(),
        }
    }

    /// Returns the path at which the key is managed.
    pub fn path(&self) -> String {
        format!("/api/v1/platform/api-keys/{}", self.id)
    }

    /// Returns the path of an action: `rotate`, `disable`, …
    pub fn action(&self, action: &str) -> String {
        format!("{}/{action}", self.path())
    }

    /// Returns the key shown in a response.
    #[track_caller]
    pub fn shown(app: &'a TestApp, answer: &Value) -> Self {
        Self {
            app,
            id: answer["key"]["id"].as_str().expect("has an id").to_owned(),
            plain: answer["api_key"].as_str().expect("is shown").to_owned(),
        }
    }
}
