//! `GET /api/v1/platform/api-keys?search=`.

use crate::util::{
    Session, TestApp, json,
    spellings::{SPELLINGS, assert_one_found, url_encoded},
};
use serde_json::Value;
use shared::role::Role;

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
fn search_200_by_name_and_id() {
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
fn search_and_sort_200_ignore_case() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    for [stored, ..] in SPELLINGS {
        owner.create_key(&form(stored));
    }
    for spellings in SPELLINGS {
        for search in spellings {
            let list = owner.get(&format!("{KEYS}?search={}", url_encoded(search)));
            assert_one_found(&list.expect(200), "name", spellings[0], search);
        }
    }
    for name in ["apple", "\u{c4}pfel", "Zebra", "\u{e4}hre"] {
        owner.create_key(&form(name));
    }
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
    assert_eq!(names(&owner, "sort=name&order=asc"), expected);
    assert_eq!(
        names(&owner, "sort=name&order=desc"),
        expected.into_iter().rev().collect::<Vec<_>>()
    );
    // A changed name is sorted again and found.
    let list = owner.get(&format!("{KEYS}?search=zebra")).expect(200);
    let path = format!("{KEYS}/{}", list["data"][0]["id"].as_str().unwrap());
    owner
        .patch(&path, &json!({"name": "\u{c5}NGSTR\u{d6}M"}))
        .expect(200);
    let list = owner.get(&format!(
        "{KEYS}?search={}",
        url_encoded("\u{e5}ngstr\u{f6}m")
    ));
    assert_eq!(list.expect(200)["total"], 1);
}
