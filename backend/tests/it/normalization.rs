//! Names are normalized before they are stored, so that users can recognize and retype them.

use crate::util::{Session, TestApp, json};
use serde_json::Value;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";

/// Names in requests and as they are stored.
const NAMES: [(&str, &str); 8] = [
    ("My  App", "My App"),
    ("\u{a0}My\u{a0}\u{2003}App ", "My App"),
    ("Cafe\u{301}", "Caf\u{e9}"),
    ("My\u{200b} App\u{feff}", "My App"),
    ("e\u{200b}\u{301}t\u{e9}", "\u{e9}t\u{e9}"),
    ("\u{202e}ppA yM\u{202c}", "ppA yM"),
    ("\u{2066}My\u{ad} App\u{2069}", "My App"),
    (
        "\u{1f469}\u{200d}\u{1f4bb} Team",
        "\u{1f469}\u{200d}\u{1f4bb} Team",
    ),
];

const INVISIBLE: [&str; 4] = [
    "\u{200b}",
    "\u{a0}\u{2003}",
    "\u{3164}\u{115f}",
    "\u{202e}\u{2800} ",
];

fn form(name: &str) -> Value {
    json!({"name": name, "environment": "live",
        "permissions": ["campaigns:write", "contacts:write", "emails:send"]})
}

fn owner(app: &TestApp) -> Session<'_> {
    app.sign_in(Role::Owner).with_sudo()
}

#[test]
fn key_names_are_normalized() {
    let app = TestApp::start();
    let owner = owner(&app);
    let key = owner.create_key(&form("Other"));
    for (sent, stored) in NAMES {
        let created = owner.post(KEYS, &form(sent)).expect(201);
        assert_eq!(created["key"]["name"], stored, "{sent:?}");
        owner
            .patch(&key.path(), &json!({"name": "Other"}))
            .expect(200);
        let changed = owner.patch(&key.path(), &json!({"name": sent})).expect(200);
        assert_eq!(changed["name"], stored, "{sent:?}");
    }
    for invisible in INVISIBLE {
        for answer in [
            owner.post(KEYS, &form(invisible)),
            owner.patch(&key.path(), &json!({"name": invisible})),
        ] {
            answer.problem_of_fields(400, "invalid_field", &["name"]);
        }
    }
    // The length limit applies to the normalized name.
    let long = "a\u{200b}".repeat(50);
    owner.post(KEYS, &form(&long)).expect(201);
    owner
        .post(KEYS, &form(&format!("{long}b")))
        .problem_of_fields(400, "invalid_field", &["name"]);
}

#[test]
fn names_of_contacts_campaigns_templates_and_emails_are_normalized() {
    let app = TestApp::start();
    let owner = owner(&app);
    let key = owner.create_key(&form("Key"));
    for (index, (sent, stored)) in NAMES.into_iter().enumerate() {
        let email = format!("p{index}@example.com");
        let contact =
            json!({"email": email, "first_name": sent, "last_name": sent, "tags": [sent]});
        let created = key.post("/v1/contacts", &contact).expect(201);
        let path = format!("/v1/contacts/{}", created["id"].as_str().unwrap());
        let replaced = key.put(&path, &contact).expect(200);
        for view in [created, replaced] {
            assert_eq!(
                (&view["first_name"], &view["last_name"]),
                (&json!(stored), &json!(stored))
            );
            assert_eq!(view["tags"], json!([stored]), "{sent:?}");
        }
        let draft =
            json!({"name": sent, "subject": "Hi", "html_body": "Hi", "contact_tags": [sent]});
        let created = key.post("/v1/campaigns", &draft).expect(201);
        let path = format!("/v1/campaigns/{}", created["id"].as_str().unwrap());
        let replaced = key.put(&path, &draft).expect(200);
        for view in [created, replaced] {
            assert_eq!(view["name"], stored, "{sent:?}");
            assert_eq!(view["contact_tags"], json!([stored]), "{sent:?}");
        }
        let template = json!({"name": sent, "subject": "Hi", "html_body": "Hi"});
        let template = key.put("/v1/templates/a", &template);
        assert_eq!(template.json()["name"], stored, "{sent:?}");
        let mail = json!({"to": email, "subject": "Hi", "html_body": "Hi", "tags": [sent]});
        let sent_mail = key.post("/v1/emails/send", &mail).expect(200);
        let path = format!("/v1/emails/{}", sent_mail["id"].as_str().unwrap());
        assert_eq!(
            key.get(&path).expect(200)["tags"],
            json!([stored]),
            "{sent:?}"
        );
    }
    for invisible in INVISIBLE {
        let draft = json!({"name": invisible, "subject": "Hi", "html_body": "Hi"});
        key.post("/v1/campaigns", &draft)
            .problem_of_fields(400, "invalid_field", &["name"]);
        let contact = json!({"email": "a@example.com", "tags": [invisible]});
        key.post("/v1/contacts", &contact)
            .problem_of_fields(400, "invalid_field", &["tags[0]"]);
    }
}
