//! `GET /v1/contacts?search=`.

use crate::util::{
    TestApp, json,
    spellings::{SPELLINGS, assert_one_found, url_encoded},
};

#[test]
fn search_200_in_any_spelling() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    for (index, [stored, ..]) in SPELLINGS.into_iter().enumerate() {
        let contact = json!({"email": format!("p{index}@example.com"), "first_name": "Ann",
            "last_name": stored});
        key.post("/v1/contacts", &contact).expect(201);
    }
    for spellings in SPELLINGS {
        for search in spellings {
            let list = key.get(&format!("/v1/contacts?search={}", url_encoded(search)));
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
        let list = key.get(&format!("/v1/contacts?search={}", url_encoded(search)));
        assert_eq!(list.expect(200)["total"], total, "{search}");
    }
}

#[test]
fn search_200_by_both_forms_of_a_domain() {
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
        let list = key.get(&format!("/v1/contacts?search={}", url_encoded(search)));
        assert_one_found(
            &list.expect(200),
            "email",
            "ann@xn--bcher-kva.example",
            search,
        );
    }
}
