//! Creating, listing and revoking keys.

use crate::util::{Session, TestApp, json};
use chrono::TimeDelta;
use serde_json::Value;
use shared::{plan::Plan, role::Role};

const KEYS: &str = "/api/v1/platform/api-keys";

fn form(name: &str) -> Value {
    json!({"name": name, "environment": "live", "permissions": ["contacts:read"]})
}

#[track_caller]
fn names(session: &Session<'_>, query: &str) -> Vec<String> {
    let page = session.get(&format!("{KEYS}?{query}")).expect(200);
    let rows = page["data"].as_array().expect("a page has rows");
    rows.iter()
        .map(|row| row["name"].as_str().expect("a key has a name").to_owned())
        .collect()
}

#[test]
fn create_201_and_the_very_next_call_works() {
    let app = TestApp::start();
    let developer = app.sign_in(Role::Developer).with_sudo();
    let form = json!({
        "name": "Production App", "description": "Sign-up form", "environment": "live",
        "permissions": ["contacts:write", "emails:send"], "expires_in_days": 30,
        "ip_allowlist": ["127.0.0.1/8", "203.0.113.9", "127.0.0.0/8"]
    });
    let answer = developer.post(KEYS, &form);
    let created = answer.expect(201);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let plain = created["api_key"].as_str().unwrap();
    assert_eq!((plain.len(), &plain[..8]), (72, "pm_live_"));
    let warning = "Copy this key now. You won't be able to see it again.";
    assert_eq!(created["warning"], warning);
    let key = &created["key"];
    assert_eq!(key["id"], format!("key_{}", &plain[8..20]));
    let masked = format!("{}...{}", &plain[..11], &plain[69..]);
    assert_eq!(key["masked_key"], masked.as_str());
    assert_eq!(key["name"], "Production App");
    assert_eq!(key["description"], "Sign-up form");
    assert_eq!(key["environment"], "live");
    assert_eq!(key["permissions"], json!(["contacts:write", "emails:send"]));
    assert_eq!(key["pending_permissions"], json!([]));
    assert_eq!(key["status"], "active");
    assert_eq!(key["created_by"]["type"], "user");
    assert_eq!(key["created_by"]["email"], "developer@acme.test");
    assert_eq!(key["last_used_at"], Value::Null);
    assert_eq!(
        key["ip_allowlist"],
        json!(["127.0.0.0/8", "203.0.113.9/32"])
    );
    assert_eq!(key["recoverable"], false);
    assert_eq!(key["usage"]["total_requests"], 0);
    let expires: chrono::DateTime<chrono::Utc> =
        key["expires_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(expires, app.clock.now() + TimeDelta::days(30));

    let bearer = format!("Bearer {plain}");
    let whoami = app
        .request("GET", "/v1/whoami")
        .header("Authorization", &bearer);
    let whoami = whoami.send().expect(200);
    assert_eq!(whoami["key_id"], key["id"]);
    assert_eq!(whoami["environment"], "live");
    let contact = app
        .request("POST", "/v1/contacts")
        .header("Authorization", &bearer);
    contact
        .json(&json!({"email": "alice@example.com"}))
        .send()
        .expect(201);
    // Write access includes read access.
    let list = app
        .request("GET", "/v1/contacts")
        .header("Authorization", &bearer);
    assert_eq!(list.send().expect(200)["total"], 1);
    // Only the response to creation contains the key.
    let shown = developer.get(&format!("{KEYS}/{}", key["id"].as_str().unwrap()));
    assert_eq!(&shown.expect(200)["id"], &key["id"]);
    assert!(!shown.text().contains(&plain[20..66]));
    assert!(!developer.get(KEYS).text().contains(&plain[20..66]));
}

#[test]
fn upsert_contact_200_if_it_is_known() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let added = json!({"email": "Alice@Example.com", "first_name": "Alice", "tags": ["a"]});
    let added = key.post("/v1/contacts", &added).expect(201);
    let changed = json!({"email": "alice@example.com", "last_name": "Doe"});
    let changed = key.post("/v1/contacts", &changed).expect(200);
    assert_eq!(added["id"], changed["id"]);
    assert_eq!(changed["email"], "alice@example.com");
    assert_eq!(changed["first_name"], "Alice");
    assert_eq!(changed["last_name"], "Doe");
    assert_eq!(changed["tags"], json!(["a"]));
    // Test data is separate from live data.
    let test = json!({"name": "t", "environment": "test", "permissions": ["contacts:read"]});
    let test = app.key_from(&test).get("/v1/contacts").expect(200);
    assert_eq!(test["total"], 0);
}

#[test]
fn create_403_without_sudo() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    owner.post(KEYS, &form("a")).problem(403, "sudo_required");
    assert_eq!(owner.get(KEYS).expect(200)["total"], 0);
    let key = owner.clone().with_sudo().create_key(&form("a"));
    let later = app.sign_in(Role::Owner);
    later.delete(&key.path()).problem(403, "sudo_required");
    key.get("/v1/whoami").expect(200);
}

#[test]
fn create_403_beyond_the_rights_of_a_developer() {
    let app = TestApp::start();
    let developer = app.sign_in(Role::Developer).with_sudo();
    for scope in ["admin:full", "admin:keys", "admin:billing"] {
        let form =
            json!({"name": "a", "environment": "live", "permissions": ["emails:send", scope]});
        let problem = developer
            .post(KEYS, &form)
            .problem(403, "beyond_your_rights");
        assert_eq!(problem["required_scope"], json!([scope]));
        app.key_from(&form);
    }
    assert_eq!(developer.get(KEYS).expect(200)["total"], 3);
}

#[test]
fn create_400_names_every_bad_field() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let bad = json!({
        "name": "", "description": "x".repeat(501), "environment": "live", "permissions": [],
        "expires_in_days": 0, "ip_allowlist": ["10.0.0.0/8", "nonsense"]
    });
    let fields = [
        "name",
        "description",
        "permissions",
        "expires_in_days",
        "ip_allowlist[1]",
    ];
    owner
        .post(KEYS, &bad)
        .problem_of_fields(400, "invalid_field", &fields);
    for (member, value, field) in [
        ("name", json!("x".repeat(51)), "name"),
        ("name", json!("a\nb"), "name"),
        ("name", json!("\u{200b}\u{3164}\u{2800}"), "name"),
        ("name", json!("\u{a0} \u{2003}"), "name"),
        ("name", json!("a\nb"), "name"),
        ("name", json!(7), "name"),
        ("environment", json!("prod"), "environment"),
        ("permissions", json!(["contacts:eat"]), "permissions[0]"),
        ("permissions", json!("contacts:read"), "permissions"),
        ("expires_at", json!("2001-01-01T00:00:00Z"), "expires_at"),
        ("expires_at", json!("soon"), "expires_at"),
        ("expires_in_days", json!(3651), "expires_in_days"),
        ("ip_allowlist", json!(["203.0.113.0/33"]), "ip_allowlist[0]"),
    ] {
        let mut form = form("a");
        form[member] = value;
        owner
            .post(KEYS, &form)
            .problem_of_fields(400, "invalid_field", &[field]);
    }
    for member in ["name", "environment", "permissions"] {
        let mut form = form("a");
        form.as_object_mut().unwrap().remove(member);
        owner
            .post(KEYS, &form)
            .problem_of_fields(400, "invalid_field", &[member]);
    }
    let mut undated = form("a");
    undated["expires_at"] = json!("2027-01-31");
    let problem = owner.post(KEYS, &undated);
    let problem = problem.problem_of_fields(400, "invalid_field", &["expires_at"]);
    let message = "Use a time of the form 2026-01-31T00:00:00Z.";
    assert_eq!(problem["errors"][0]["message"], message);
    let twice = r#"{"name":"a","name":"b","environment":"live","permissions":["contacts:read"]}"#;
    let twice = owner
        .request("POST", KEYS)
        .body("application/json", twice)
        .send();
    twice.problem_of_fields(400, "invalid_field", &["name"]);
    let mut unknown = form("a");
    unknown["permisions"] = json!([]);
    let fields = ["permisions"];
    owner
        .post(KEYS, &unknown)
        .problem_of_fields(400, "unknown_field", &fields);
    assert_eq!(owner.get(KEYS).expect(200)["total"], 0);
}

#[test]
fn create_by_key_stays_within_its_parent() {
    let app = TestApp::start();
    let parent = app.key_from(&json!({
        "name": "Parent", "environment": "live", "permissions": ["admin:keys", "contacts:read"],
        "expires_in_days": 10, "ip_allowlist": ["127.0.0.0/8"]
    }));
    let good = json!({
        "name": "Child", "environment": "live", "permissions": ["contacts:read"],
        "expires_in_days": 9, "ip_allowlist": ["127.0.0.1"]
    });
    let child = parent.post(KEYS, &good).expect(201);
    assert_eq!(child["key"]["created_by"]["type"], "key");
    assert_eq!(child["key"]["created_by"]["id"], parent.id.as_str());
    for (member, value, field) in [
        ("environment", json!("test"), "environment"),
        ("expires_in_days", json!(11), "expires_at"),
        ("expires_in_days", Value::Null, "expires_at"),
        ("ip_allowlist", json!([]), "ip_allowlist"),
        ("ip_allowlist", json!(["10.0.0.1"]), "ip_allowlist"),
    ] {
        let mut form = good.clone();
        form[member] = value;
        parent
            .post(KEYS, &form)
            .problem_of_fields(403, "beyond_your_rights", &[field]);
    }
    let mut wider = good.clone();
    wider["permissions"] = json!(["contacts:read", "emails:send"]);
    let problem = parent.post(KEYS, &wider).problem(403, "beyond_your_rights");
    assert_eq!(problem["required_scope"], json!(["emails:send"]));
}

#[test]
fn revoke_200_and_the_next_call_is_refused() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&form("a"));
    let other = owner.create_key(&form("b"));
    for _ in 0..3 {
        key.get("/v1/whoami").expect(200);
        other.get("/v1/whoami").expect(200);
    }
    let revoked = owner.delete(&key.path()).expect(200);
    assert_eq!(revoked["status"], "revoked");
    let problem = key.get("/v1/whoami").problem(401, "invalid_token");
    assert_eq!(problem["message"], "API key is invalid or expired");
    other.get("/v1/whoami").expect(200);
    owner
        .delete(&key.path())
        .problem(409, "key_already_revoked");
    // Revoked keys are still listed.
    assert_eq!(owner.key_view(&key.id)["status"], "revoked");
}

#[test]
fn get_and_revoke_404_for_the_key_of_another_tenant() {
    let app = TestApp::start();
    app.add_tenant("other", Plan::Starter);
    let key = app.key(&["contacts:read", "admin:keys"]);
    let stranger = Session::sign_in(&app, "owner@other.test").with_sudo();
    stranger.get(&key.path()).problem(404, "not_found");
    stranger.delete(&key.path()).problem(404, "not_found");
    stranger
        .get(&format!("{KEYS}/key_doesnotexist"))
        .problem(404, "not_found");
    assert_eq!(stranger.get(KEYS).expect(200)["total"], 0);
    let strange = stranger.create_key(&json!({
        "name": "a", "environment": "live", "permissions": ["admin:full"]
    }));
    strange.get(&key.path()).problem(404, "not_found");
    strange
        .request("DELETE", &key.path())
        .send()
        .problem(404, "not_found");
    assert_eq!(key.get(&key.path()).expect(200)["status"], "active");
}

#[test]
fn list_200_finds_by_name_and_id() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&form("Production App"));
    owner.create_key(&form("100% App"));
    owner.create_key(&form("Other"));
    assert_eq!(
        names(&owner, "search=APP&sort=name"),
        ["100% App", "Production App"]
    );
    // Wildcards are matched literally.
    assert_eq!(names(&owner, "search=%25"), ["100% App"]);
    assert_eq!(names(&owner, "search=_"), [""; 0]);
    let by_id = [
        key.id.clone(),
        key.plain[..20].to_owned(),
        format!("{}...", &key.plain[..20]),
    ];
    for search in by_id {
        assert_eq!(
            names(&owner, &format!("search={search}")),
            ["Production App"]
        );
    }
    assert_eq!(names(&owner, "search=key_doesnotexist"), [""; 0]);
    // Searches match a prefix of the id or key, and the masked form.
    let masked = owner.key_view(&key.id)["masked_key"].clone();
    for search in [&key.id[..9], &key.plain[..13], masked.as_str().unwrap()] {
        assert_eq!(
            names(&owner, &format!("search={search}")),
            ["Production App"]
        );
    }
    let of_test = key.plain[..20].replace("live", "test");
    assert_eq!(names(&owner, &format!("search={of_test}")), [""; 0]);
    assert_eq!(names(&owner, "search=pm_live_").len(), 3);
}

#[test]
fn list_200_filters_by_status() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    owner.create_key(&form("Active"));
    let mut expiring = form("Expiring");
    expiring["expires_at"] = json!((app.clock.now() + TimeDelta::minutes(1)).to_rfc3339());
    owner.create_key(&expiring);
    let revoked = owner.create_key(&form("Revoked"));
    owner.delete(&revoked.path()).expect(200);
    assert_eq!(
        names(&owner, "status=active&sort=name"),
        ["Active", "Expiring"]
    );
    app.advance(TimeDelta::minutes(1));
    assert_eq!(names(&owner, "status=active"), ["Active"]);
    assert_eq!(names(&owner, "status=expired"), ["Expiring"]);
    assert_eq!(names(&owner, "status=revoked"), ["Revoked"]);
    assert_eq!(names(&owner, "status=disabled"), [""; 0]);
    assert_eq!(names(&owner, "status=rotating"), [""; 0]);
    assert_eq!(names(&owner, "").len(), 3);
}

#[test]
fn list_200_sorts_and_pages() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut keys = Vec::new();
    for name in ["b", "A", "c"] {
        keys.push(owner.create_key(&form(name)));
        app.advance(TimeDelta::seconds(1));
    }
    assert_eq!(names(&owner, ""), ["c", "A", "b"]);
    assert_eq!(names(&owner, "sort=created&order=asc"), ["b", "A", "c"]);
    assert_eq!(names(&owner, "sort=name"), ["A", "b", "c"]);
    assert_eq!(names(&owner, "sort=name&order=desc"), ["c", "b", "A"]);
    for used in [1, 0] {
        keys[used].get("/v1/whoami").expect(200);
        app.advance(TimeDelta::seconds(1));
    }
    crate::util::eventually(|| {
        app.flush();
        (owner.key_view(&keys[0].id)["last_used_at"] != Value::Null).then_some(())
    });
    assert_eq!(names(&owner, "sort=last_used"), ["b", "A", "c"]);
    assert_eq!(names(&owner, "sort=last_used&order=asc"), ["c", "A", "b"]);

    let (mut cursor, mut found) = (String::new(), Vec::new());
    for pages_left in (0..3).rev() {
        let page = owner
            .get(&format!("{KEYS}?sort=name&limit=1{cursor}"))
            .expect(200);
        assert_eq!(page["total"], 3);
        found.push(page["data"][0]["name"].as_str().unwrap().to_owned());
        assert_eq!(page["data"].as_array().unwrap().len(), 1);
        assert_eq!(page["next_cursor"].is_string(), pages_left > 0);
        cursor = format!(
            "&cursor={}",
            page["next_cursor"].as_str().unwrap_or_default()
        );
    }
    assert_eq!(found, ["A", "b", "c"]);
}

/// Returns the items of a page and the query for the next one.
#[track_caller]
fn page(session: &Session<'_>, query: &str) -> (Vec<Value>, Option<String>) {
    let page = session.get(&format!("{KEYS}?{query}")).expect(200);
    let next = page["next_cursor"].as_str();
    (
        page["data"].as_array().expect("a page has rows").clone(),
        next.map(|cursor| format!("&cursor={cursor}")),
    )
}

#[test]
fn revoking_and_creating_between_pages_leaves_no_key_out_and_repeats_none() {
    for sort in ["created", "last_used", "name"] {
        for order in ["asc", "desc"] {
            let app = TestApp::start();
            let owner = app.sign_in(Role::Owner).with_sudo();
            // Pairs of keys share a creation time, and pairs have names that differ only in case.
            for number in 0..12 {
                let name = format!("{} {}", ["Key", "KEY"][number % 2], number / 2);
                let key = owner.create_key(&form(&name));
                if number % 3 == 0 {
                    key.get("/v1/whoami").expect(200);
                }
                if number % 2 == 1 {
                    app.advance(TimeDelta::milliseconds(1));
                }
            }
            app.flush();
            let list = format!("status=active&limit=4&sort={sort}&order={order}");
            let (mut seen, mut next) = (Vec::new(), Some(String::new()));
            while let Some(cursor) = next {
                let (rows, after) = page(&owner, &format!("{list}{cursor}"));
                for row in rows {
                    let id = row["id"].as_str().unwrap().to_owned();
                    if row["name"] != "new" {
                        owner.delete(&format!("{KEYS}/{id}")).expect(200);
                    }
                    seen.push(id);
                }
                if after.is_some() {
                    owner.create_key(&form("new"));
                }
                next = after;
            }
            let total = seen.len();
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), total, "{sort} {order}: a row came twice");
            let (left, _) = page(&owner, "status=active&limit=100");
            assert!(
                left.iter().all(|row| row["name"] == "new"),
                "{sort} {order}: {left:?}"
            );
        }
    }
}

#[test]
fn list_400_for_a_cursor_of_another_order() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    for name in ["a", "b"] {
        owner.create_key(&form(name));
    }
    let (_, next) = page(&owner, "limit=1&sort=name");
    let next = next.unwrap();
    let (rows, _) = page(&owner, &format!("limit=1&sort=name{next}"));
    assert_eq!(rows[0]["name"], "b");
    for sort in ["sort=created", "sort=last_used", ""] {
        let answer = owner.get(&format!("{KEYS}?limit=1&{sort}{next}"));
        answer.problem_of_fields(400, "invalid_query", &["cursor"]);
    }
}

#[test]
fn list_400_for_a_bad_query() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("colour=red", "colour"),
        ("limit=1&limit=2", "limit"),
        ("limit=many", "limit"),
        ("limit=-1", "limit"),
        ("status=asleep", "status"),
        ("sort=size&limit=1", "sort"),
        ("order=up", "order"),
    ] {
        let answer = owner.get(&format!("{KEYS}?{query}"));
        answer.problem_of_fields(400, "invalid_query", &[field]);
    }
}

#[test]
fn expired_key_401_from_the_second_on() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = form("a");
    form["expires_in_days"] = json!(1);
    let key = owner.create_key(&form);
    app.advance(TimeDelta::days(1) - TimeDelta::milliseconds(1));
    key.get("/v1/whoami").expect(200);
    app.advance(TimeDelta::milliseconds(1));
    key.get("/v1/whoami").problem(401, "invalid_token");
    let owner = app.sign_in(Role::Owner).with_sudo();
    assert_eq!(owner.key_view(&key.id)["status"], "expired");
    // An expired key can still be revoked.
    assert_eq!(owner.delete(&key.path()).expect(200)["status"], "revoked");
}

#[test]
fn key_at_rest_is_never_in_the_database_in_plain() {
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
