//! Keys and tokens must not appear anywhere except in the responses that are meant to show them.

use crate::util::{
    app::Place,
    http::Answer,
    json,
    process::{KEYS, Process, furnished},
};
use diesel::{Connection, RunQueryDsl, pg::PgConnection, sql_query, sql_types::Text};
use serde_json::Value;
use std::{cell::RefCell, fs::File, path::Path, process::Command};

/// A server run that records all responses.
struct Run<'a> {
    server: &'a Process,
    cookie: String,
    /// Keys and tokens that responses have shown.
    minted: RefCell<Vec<String>>,
    /// Responses that must not contain a key or token.
    others: RefCell<Vec<Answer>>,
}

impl Run<'_> {
    /// Makes a dashboard request whose response shows a key as `member`.
    #[track_caller]
    fn shown(&self, path: &str, body: &Value, member: &str) -> (Value, String) {
        let request = self
            .server
            .request("POST", path)
            .header("Cookie", &self.cookie);
        let answer = request.json(body).send();
        let success = matches!(answer.status, 200 | 201);
        assert!(success, "{path}: {}", answer.text());
        let shown = answer.json();
        let key = shown[member].as_str().expect("shows a key").to_owned();
        self.minted.borrow_mut().push(key.clone());
        (shown, key)
    }

    /// Makes a dashboard request whose response shows no key.
    fn quiet(&self, method: &str, path: &str, body: Option<&Value>) {
        let request = self
            .server
            .request(method, path)
            .header("Cookie", &self.cookie);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        self.others.borrow_mut().push(request.send());
    }

    /// Makes successful and failing requests with a key.
    fn use_key(&self, key: &str, bearer: &str) {
        let call = |method: &str, path: &str, authorization: &str, body: &str| {
            let request = self
                .server
                .request(method, path)
                .header("Authorization", authorization);
            let request = if body.is_empty() {
                request
            } else {
                request.body("application/json", body)
            };
            self.others.borrow_mut().push(request.send());
        };
        let good = format!("Bearer {key}");
        call("GET", "/v1/whoami", &good, "");
        call("GET", "/v1/contacts", &good, "");
        call("GET", &format!("/v1/contacts?api_key={key}"), &good, "");
        call("GET", &format!("/v1/contacts?search={key}"), "", "");
        call("GET", &format!("/v1/contacts?{key}"), &good, "");
        call("GET", &format!("/v1/nothing/{key}"), &good, "");
        call(
            "GET",
            &format!("/api/v1/platform/api-keys/{key}"),
            &good,
            "",
        );
        call(
            "POST",
            "/v1/contacts",
            &good,
            r#"{"email":"a@example.com"}"#,
        );
        call("POST", "/v1/contacts", &good, "{");
        for wrong in [
            format!("{good}x"),
            format!("Basic {key}"),
            key.to_owned(),
            bearer.to_owned(),
        ] {
            call("GET", "/v1/whoami", &wrong, "");
        }
        // The key with a mistyped last character.
        let mut mistyped = key.to_owned();
        let last = if mistyped.pop() == Some('x') {
            'y'
        } else {
            'x'
        };
        mistyped.push(last);
        call("GET", "/v1/whoami", &format!("Bearer {mistyped}"), "");
    }
}

#[test]
fn no_key_is_anywhere_but_where_it_is_shown() {
    let place = furnished();
    let log = place.dir().join("server.log");
    let out = File::create(&log).expect("has a log");
    let server = Process::start_with(&place, |command: &mut Command| {
        command
            .arg("--access-log")
            .env("PENGUINMAILS_LOG", "trace")
            .stderr(out.try_clone().expect("has two ends"))
            .stdout(out)
    });
    let run = Run {
        cookie: server.owner(),
        server: &server,
        minted: RefCell::default(),
        others: RefCell::default(),
    };
    let form = |recoverable: bool, environment: &str| {
        json!({
            "name": "a", "environment": environment, "recoverable": recoverable,
            "permissions": ["admin:full", "contacts:write", "emails:send"]
        })
    };
    for (recoverable, environment) in [(false, "live"), (true, "live"), (true, "test")] {
        let (created, key) = run.shown(KEYS, &form(recoverable, environment), "api_key");
        let path = format!(
            "{KEYS}/{}",
            created["key"]["id"].as_str().expect("has an id")
        );
        run.use_key(&key, "Bearer");
        if recoverable {
            run.shown(&format!("{path}/reveal"), &json!({}), "api_key");
        } else {
            run.quiet("POST", &format!("{path}/reveal"), None);
        }
        let (_, token) = run.shown(&format!("{path}/playground-token"), &json!({}), "token");
        run.use_key(&token, "Bearer ");
        let narrow = json!({"name": "b", "ip_allowlist": ["192.0.2.0/24"]});
        run.quiet("PATCH", &path, Some(&narrow));
        run.use_key(&key, "");
        run.quiet(
            "PATCH",
            &path,
            Some(&json!({"ip_allowlist": [], "key": key})),
        );
        let (rotated, new) = run.shown(&format!("{path}/rotate"), &json!({}), "api_key");
        run.use_key(&new, "Bearer a b");
        let new_path = format!(
            "{KEYS}/{}",
            rotated["key"]["id"].as_str().expect("has an id")
        );
        run.quiet("DELETE", &new_path, None);
        run.use_key(&new, "Bearer");
        run.quiet("GET", &format!("{KEYS}?search={key}"), None);
    }
    for path in [
        KEYS,
        "/api/v1/tenant/audit-log",
        "/api/v1/tenant/rate-limit",
        "/metrics",
    ] {
        run.quiet("GET", path, None);
    }
    let (minted, others) = (run.minted.into_inner(), run.others.into_inner());
    drop(server);

    let mut hunt = Hunt {
        minted: &minted,
        looked_at: 0,
    };
    for answer in &others {
        let headers = format!("{:?}", answer.headers);
        hunt.look("an answer", answer.body.as_slice());
        hunt.look("a header", headers.as_bytes());
    }
    hunt.look_into(place.dir());
    hunt.look_into_tables(&place);
    assert!(
        minted.len() >= 10 && hunt.looked_at > 100,
        "{}",
        hunt.looked_at
    );
    let text = std::fs::read_to_string(&log).expect("has a log");
    assert!(text.contains("/v1/whoami"), "the log was written");
}

struct Hunt<'a> {
    minted: &'a [String],
    looked_at: usize,
}

impl Hunt<'_> {
    /// Searches for the secret part of every key, without the public id and the check characters,
    /// which masked keys show.
    #[track_caller]
    fn look(&mut self, place: &str, bytes: &[u8]) {
        self.looked_at += 1;
        for key in self.minted {
            let secret = &key.as_bytes()[20..66];
            let found = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(
                !found,
                "{place} holds {}…: {}",
                &key[..20],
                String::from_utf8_lossy(bytes)
            );
        }
    }

    fn look_into(&mut self, directory: &Path) {
        for entry in std::fs::read_dir(directory).expect("is a directory") {
            let path = entry.expect("is an entry").path();
            if path.is_dir() {
                self.look_into(&path);
            } else {
                self.look(
                    &path.display().to_string(),
                    &std::fs::read(&path).expect("reads"),
                );
            }
        }
    }

    /// On PostgreSQL, rows are not in the data directory.
    fn look_into_tables(&mut self, place: &Place) {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            text: String,
        }
        let Some(url) = place
            .flags()
            .into_iter()
            .find(|flag| flag.starts_with("postgres"))
        else {
            return;
        };
        let mut conn = PgConnection::establish(&url).expect("connects");
        let tables = "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public'";
        for table in sql_query(tables)
            .load::<Row>(&mut conn)
            .expect("lists tables")
        {
            let name = table.text;
            let all =
                format!("SELECT coalesce(string_agg(t::text, ' '), '') AS text FROM \"{name}\" t");
            for row in sql_query(all)
                .load::<Row>(&mut conn)
                .expect("reads a table")
            {
                self.look(&name, row.text.as_bytes());
            }
        }
    }
}
