//! Keys and tokens must not appear anywhere except in the responses that are meant to show them.

use crate::util::{
    TestApp,
    app::Place,
    http::Answer,
    json,
    process::{KEYS, Process, furnished},
};
use diesel::{Connection, RunQueryDsl, pg::PgConnection, sql_query, sql_types::Text};
use serde_json::Value;
use std::{cell::RefCell, fs::File, path::Path, process::Command};

/// A server run that records all responses.
struct RecordedServer<'a> {
    server: &'a Process,
    cookie: String,
    /// Keys and tokens that responses have shown.
    minted: RefCell<Vec<String>>,
    /// Responses that must not contain a key or token.
    responses: RefCell<Vec<Answer>>,
}

impl RecordedServer<'_> {
    /// Makes a dashboard request whose response shows a key as `member`.
    #[track_caller]
    fn send_for_key(&self, path: &str, body: &Value, member: &str) -> (Value, String) {
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
    fn send(&self, method: &str, path: &str, body: Option<&Value>) {
        let request = self
            .server
            .request(method, path)
            .header("Cookie", &self.cookie);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        self.responses.borrow_mut().push(request.send());
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
            self.responses.borrow_mut().push(request.send());
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
fn keys_and_tokens_appear_only_in_responses_meant_to_show_them() {
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
    let run = RecordedServer {
        cookie: server.owner(),
        server: &server,
        minted: RefCell::default(),
        responses: RefCell::default(),
    };
    let form = |recoverable: bool, environment: &str| {
        json!({
            "name": "a", "environment": environment, "recoverable": recoverable,
            "permissions": ["admin:full", "contacts:write", "emails:send"]
        })
    };
    for (recoverable, environment) in [(false, "live"), (true, "live"), (true, "test")] {
        let (created, key) = run.send_for_key(KEYS, &form(recoverable, environment), "api_key");
        let path = format!(
            "{KEYS}/{}",
            created["key"]["id"].as_str().expect("has an id")
        );
        run.use_key(&key, "Bearer");
        if recoverable {
            run.send_for_key(&format!("{path}/reveal"), &json!({}), "api_key");
        } else {
            run.send("POST", &format!("{path}/reveal"), None);
        }
        let (_, token) = run.send_for_key(&format!("{path}/playground-token"), &json!({}), "token");
        run.use_key(&token, "Bearer ");
        let narrow = json!({"name": "b", "ip_allowlist": ["192.0.2.0/24"]});
        run.send("PATCH", &path, Some(&narrow));
        run.use_key(&key, "");
        run.send(
            "PATCH",
            &path,
            Some(&json!({"ip_allowlist": [], "key": key})),
        );
        let (rotated, new) = run.send_for_key(&format!("{path}/rotate"), &json!({}), "api_key");
        run.use_key(&new, "Bearer a b");
        let new_path = format!(
            "{KEYS}/{}",
            rotated["key"]["id"].as_str().expect("has an id")
        );
        run.send("DELETE", &new_path, None);
        run.use_key(&new, "Bearer");
        run.send("GET", &format!("{KEYS}?search={key}"), None);
    }
    for path in [
        KEYS,
        "/api/v1/tenant/audit-log",
        "/api/v1/tenant/rate-limit",
        "/metrics",
    ] {
        run.send("GET", path, None);
    }
    let (minted, responses) = (run.minted.into_inner(), run.responses.into_inner());
    drop(server);

    let mut scan = SecretScan {
        minted: &minted,
        scanned: 0,
    };
    for answer in &responses {
        let headers = format!("{:?}", answer.headers);
        scan.scan("a response", answer.body.as_slice());
        scan.scan("a header", headers.as_bytes());
    }
    scan.scan_directory(place.dir());
    scan.scan_tables(&place);
    assert!(minted.len() >= 10 && scan.scanned > 100, "{}", scan.scanned);
    let text = std::fs::read_to_string(&log).expect("is read");
    assert!(text.contains("/v1/whoami"), "the log was written");
}

struct SecretScan<'a> {
    minted: &'a [String],
    scanned: usize,
}

impl SecretScan<'_> {
    /// Searches for the secret part of every key, without the public id and the check characters,
    /// which masked keys show.
    #[track_caller]
    fn scan(&mut self, place: &str, bytes: &[u8]) {
        self.scanned += 1;
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

    fn scan_directory(&mut self, directory: &Path) {
        for entry in std::fs::read_dir(directory).expect("is a directory") {
            let path = entry.expect("is an entry").path();
            if path.is_dir() {
                self.scan_directory(&path);
            } else {
                self.scan(
                    &path.display().to_string(),
                    &std::fs::read(&path).expect("reads"),
                );
            }
        }
    }

    /// On PostgreSQL, rows are not in the data directory.
    fn scan_tables(&mut self, place: &Place) {
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
                self.scan(&name, row.text.as_bytes());
            }
        }
    }
}

#[test]
fn the_database_stores_keys_as_hashes_only() {
    let app = TestApp::start();
    if !app.place.is_sqlite() {
        return;
    }
    let key = app.key(&["contacts:read"]);
    key.get("/v1/contacts").expect(200);
    app.flush();
    let mut found_hash = false;
    for entry in std::fs::read_dir(app.place.dir()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let contains = |text: &str| {
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        };
        assert!(!contains(&key.plain), "{}", path.display());
        assert!(!contains(&key.plain[20..66]), "{}", path.display());
        found_hash |= contains(&key.id) && contains("$2b$");
    }
    assert!(found_hash, "the database was looked at");
}
