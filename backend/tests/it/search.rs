//! Search without regard to case and encoding, with the same results on both databases.

use crate::util::{Key, Session, TestApp, json};
use backend::db::DbConnection;
use diesel::RunQueryDsl;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";

/// Groups of spellings that match each other.
const SPELLINGS: [[&str; 4]; 4] = [
    [
        "\u{d6}zg\u{fc}r",
        "\u{d6}ZG\u{dc}R",
        "\u{f6}zg\u{fc}r",
        "o\u{308}zgu\u{308}r",
    ],
    ["Stra\u{df}e", "STRASSE", "STRA\u{1e9e}E", "strasse"],
    [
        "\u{411}\u{43e}\u{440}\u{438}\u{441}",
        "\u{411}\u{41e}\u{420}\u{418}\u{421}",
        "\u{431}\u{43e}\u{440}\u{438}\u{441}",
        "\u{43e}\u{420}\u{438}",
    ],
    [
        "\u{ff34}okyo \u{fb01}n",
        "TOKYO FIN",
        "tokyo",
        "\u{ff2f}\u{ff2b}",
    ],
];

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[track_caller]
fn assert_one_found(list: &Value, member: &str, expected: &str, search: &str) {
    assert_eq!(list["total"], 1, "{search} in {list}");
    assert_eq!(list["data"][0][member], expected, "{search}");
}

fn names(list: &Value) -> Vec<&str> {
    let data = list["data"].as_array().expect("is a list").iter();
    data.map(|row| row["name"].as_str().expect("has a name"))
        .collect()
}

fn owner(app: &TestApp) -> Session<'_> {
    app.sign_in(Role::Owner).with_sudo()
}

fn form(name: &str) -> Value {
    json!({"name": name, "environment": "live", "permissions": ["contacts:write", "campaigns:write"]})
}

fn run(conn: &mut DbConnection, statement: &str) {
    diesel::sql_query(statement).execute(conn).expect("runs");
}

#[test]
fn contacts_are_found_in_any_spelling() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    for (index, [stored, ..]) in SPELLINGS.into_iter().enumerate() {
        let contact = json!({"email": format!("p{index}@example.com"), "first_name": "Ann",
            "last_name": stored});
        key.post("/v1/contacts", &contact).expect(201);
    }
    for spellings in SPELLINGS {
        for search in spellings {
            let list = key.get(&format!("/v1/contacts?search={}", encoded(search)));
            assert_one_found(&list.expect(200), "last_name", spellings[0], search);
        }
    }
    // Accents are significant, and LIKE wildcards are matched literally.
    for other in ["ozgur", "%25", "_", "!"] {
        let list = key.get(&format!("/v1/contacts?search={other}"));
        assert_eq!(list.expect(200)["total"], 0, "{other}");
    }
    // A changed name is found, the previous one is not.
    let list = key.get("/v1/contacts?search=p0@").expect(200);
    let path = format!("/v1/contacts/{}", list["data"][0]["id"].as_str().unwrap());
    key.put(&path, &json!({"first_name": "\u{c7}a\u{11f}la"}))
        .expect(200);
    for (search, total) in [("\u{e7}A\u{11e}LA", 1), ("\u{f6}zg\u{fc}r", 0)] {
        let list = key.get(&format!("/v1/contacts?search={}", encoded(search)));
        assert_eq!(list.expect(200)["total"], total, "{search}");
    }
}

#[test]
fn contacts_are_found_by_both_forms_of_their_domain() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let contact = json!({"email": "ann@b\u{fc}cher.example"});
    key.post("/v1/contacts", &contact).expect(201);
    for search in [
        "xn--bcher",
        "ann@xn--BCHER-kva.example",
        "ANN@B\u{dc}CHER.example",
        "bu\u{308}cher",
    ] {
        let list = key.get(&format!("/v1/contacts?search={}", encoded(search)));
        assert_one_found(
            &list.expect(200),
            "email",
            "ann@xn--bcher-kva.example",
            search,
        );
    }
}

#[test]
fn campaigns_are_found_in_any_spelling() {
    let app = TestApp::start();
    let key = app.key(&["campaigns:write"]);
    for (index, [stored, ..]) in SPELLINGS.into_iter().enumerate() {
        let (name, subject) = if index % 2 == 0 {
            (stored, "Hi")
        } else {
            ("Sale", stored)
        };
        let draft = json!({"name": name, "subject": subject, "html_body": "Hi"});
        key.post("/v1/campaigns", &draft).expect(201);
    }
    for (index, spellings) in SPELLINGS.into_iter().enumerate() {
        let member = if index % 2 == 0 { "name" } else { "subject" };
        for search in spellings {
            let list = key.get(&format!("/v1/campaigns?search={}", encoded(search)));
            assert_one_found(&list.expect(200), member, spellings[0], search);
        }
    }
}

#[test]
fn keys_are_found_and_sorted_by_name_without_regard_to_case() {
    let app = TestApp::start();
    let owner = owner(&app);
    for [stored, ..] in SPELLINGS {
        owner.create_key(&form(stored));
    }
    for spellings in SPELLINGS {
        for search in spellings {
            let list = owner.get(&format!("{KEYS}?search={}", encoded(search)));
            assert_one_found(&list.expect(200), "name", spellings[0], search);
        }
    }
    for name in ["apple", "\u{c4}pfel", "Zebra", "\u{e4}hre"] {
        owner.create_key(&form(name));
    }
    let ascending = owner
        .get(&format!("{KEYS}?sort=name&order=asc"))
        .expect(200);
    let expected = [
        "apple",
        "Stra\u{df}e",
        "\u{ff34}okyo \u{fb01}n",
        "Zebra",
        "\u{e4}hre",
        "\u{c4}pfel",
        "\u{d6}zg\u{fc}r",
        "\u{411}\u{43e}\u{440}\u{438}\u{441}",
    ];
    assert_eq!(names(&ascending), expected);
    let descending = owner
        .get(&format!("{KEYS}?sort=name&order=desc"))
        .expect(200);
    assert_eq!(
        names(&descending),
        expected.into_iter().rev().collect::<Vec<_>>()
    );
    // A changed name is sorted anew and found.
    let list = owner.get(&format!("{KEYS}?search=zebra")).expect(200);
    let path = format!("{KEYS}/{}", list["data"][0]["id"].as_str().unwrap());
    owner
        .patch(&path, &json!({"name": "\u{c5}NGSTR\u{d6}M"}))
        .expect(200);
    let list = owner.get(&format!("{KEYS}?search={}", encoded("\u{e5}ngstr\u{f6}m")));
    assert_eq!(list.expect(200)["total"], 1);
}

#[test]
fn rows_from_before_are_folded_at_start() {
    let app = TestApp::start();
    let owner_session = owner(&app);
    let key = owner_session.create_key(&form("\u{d6}zg\u{fc}r"));
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
    drop(owner_session);
    let secret = key.plain.clone();
    let app = app.restart();
    let owner = owner(&app);
    let search = encoded("\u{d6}ZG\u{dc}R");
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
fn contacts_with_unicode_domains_become_ascii_at_start() {
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
    assert_eq!(twin["status"], "unsubscribed");
    assert_eq!(
        (&twin["first_name"], &twin["last_name"]),
        (&json!("Ann"), &json!("Lee"))
    );
    assert_eq!(twin["tags"], json!(["b", "c", "a"]));
    assert_eq!(twin["attributes"], json!({"x": 1, "y": 2}));
}
