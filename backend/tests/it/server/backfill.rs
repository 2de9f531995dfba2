//! Rows of earlier versions, updated at start.

use crate::util::{Key, TestApp, api_keys::key_form, json, spellings::url_encoded};
use backend::db::DbConnection;
use diesel::RunQueryDsl;
use insta::assert_json_snapshot;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";

fn run(conn: &mut DbConnection, statement: &str) {
    diesel::sql_query(statement).execute(conn).expect("runs");
}

#[test]
fn search_texts_are_filled_in_at_start() {
    let app = TestApp::start();
    let mut form = key_form(&["contacts:write", "campaigns:write"]);
    form["name"] = json!("\u{d6}zg\u{fc}r");
    let key = app.key_from(&form);
    let contact = json!({"email": "a@example.com", "first_name": "\u{d6}zg\u{fc}r"});
    key.post("/v1/contacts", &contact).expect(201);
    let draft = json!({"name": "\u{d6}zg\u{fc}r", "subject": "Hi", "html_body": "Hi"});
    key.post("/v1/campaigns", &draft).expect(201);
    app.write(|conn| {
        run(conn, "UPDATE api_keys SET name_folded = ''");
        run(conn, "UPDATE contacts SET search_text = ''");
        run(conn, "UPDATE campaigns SET search_text = ''");
        Ok(())
    });
    let secret = key.plain.clone();
    let app = app.restart();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let search = url_encoded("\u{d6}ZG\u{dc}R");
    for path in ["/v1/contacts", "/v1/campaigns"] {
        let list = app
            .request("GET", &format!("{path}?search={search}"))
            .header("Authorization", &format!("Bearer {secret}"))
            .send();
        assert_eq!(list.expect(200)["total"], 1, "{path}");
    }
    let list = owner.get(&format!("{KEYS}?search={search}"));
    assert_eq!(list.expect(200)["total"], 1);
}

#[test]
fn contacts_with_unicode_domains_become_ascii_and_are_merged_at_start() {
    let app = TestApp::start();
    let secret = {
        let key: Key<'_> = app.key(&["contacts:write"]);
        for (email, more) in [
            ("alone@example.com", json!({})),
            (
                "twin@example.com",
                json!({"first_name": "Ann", "tags": ["a", "b"],
                "attributes": {"x": 1, "y": 1}}),
            ),
            (
                "twin@xn--bcher-kva.example",
                json!({"last_name": "Lee", "tags": ["b", "c"],
                "attributes": {"y": 2}}),
            ),
        ] {
            let mut contact = more;
            contact["email"] = email.into();
            key.post("/v1/contacts", &contact).expect(201);
        }
        key.plain.clone()
    };
    app.write(|conn| {
        run(
            conn,
            "UPDATE contacts SET search_text = '', email = 'alone@b\u{fc}cher.example' \
            WHERE email = 'alone@example.com'",
        );
        run(
            conn,
            "UPDATE contacts SET search_text = '', email = 'twin@b\u{fc}cher.example', \
            status = 'unsubscribed' WHERE email = 'twin@example.com'",
        );
        Ok(())
    });
    let app = app.restart();
    let get = |path: &str| {
        app.request("GET", path)
            .header("Authorization", &format!("Bearer {secret}"))
            .send()
            .expect(200)
    };
    assert_eq!(get("/v1/contacts")["total"], 2);
    let alone = get("/v1/contacts?search=alone");
    assert_eq!(alone["data"][0]["email"], "alone@xn--bcher-kva.example");
    // A contact that unsubscribed under one spelling stays unsubscribed.
    let twin = get("/v1/contacts?search=twin")["data"][0].clone();
    assert_json_snapshot!(twin, {".id" => "[contact id]"}, @r#"
    {
      "id": "[contact id]",
      "email": "twin@xn--bcher-kva.example",
      "first_name": "Ann",
      "last_name": "Lee",
      "tags": [
        "b",
        "c",
        "a"
      ],
      "attributes": {
        "x": 1,
        "y": 2
      },
      "status": "unsubscribed",
      "created_at": "2026-11-18T11:06:40Z",
      "updated_at": "2026-11-18T11:06:40Z"
    }
    "#);
}
