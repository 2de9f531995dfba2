//! `GET /v1/campaigns?search=`.

use crate::util::{
    TestApp, json,
    spellings::{SPELLINGS, assert_one_found, url_encoded},
};

#[test]
fn search_200_in_any_spelling() {
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
            let list = key.get(&format!("/v1/campaigns?search={}", url_encoded(search)));
            assert_one_found(&list.expect(200), member, spellings[0], search);
        }
    }
}
