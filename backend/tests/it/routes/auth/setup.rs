//! `POST /api/v1/auth/setup` and `POST /api/v1/auth/setup/check-password`.

use crate::util::{PASSWORD, Session, TestApp, json};

const SESSION: &str = "/api/v1/auth/session";
const NEW_PASSWORD: &str = "four quiet harbour lamps";

#[test]
fn setup_201_once() {
    let app = TestApp::start_empty(&[]);
    let set_up = |token: &str, password: &str| {
        let form = json!({
            "token": token, "tenant_name": "First", "name": "Olga",
            "email": "olga@first.test", "password": password
        });
        app.browser("POST", "/api/v1/auth/setup").json(&form).send()
    };
    set_up("", PASSWORD).problem(403, "setup_link_invalid");
    *app.state.setup_token.lock() = Some("the-token".into());
    set_up("another", PASSWORD).problem(403, "setup_link_invalid");
    // Too short, common, or based on words from the account.
    for password in [
        "short",
        "password1234",
        "PenguinMails-1",
        "Olga@first.test!",
        "First-2026-First",
    ] {
        set_up("the-token", password).problem_of_fields(400, "invalid_field", &["password"]);
    }
    let answer = set_up("the-token", PASSWORD);
    let view = answer.expect(201);
    assert_eq!(view["user"]["role"], "owner");
    assert_eq!(view["tenant"]["name"], "First");
    let session = Session {
        app: &app,
        token: answer.cookie("pm_session").unwrap(),
    };
    session.get(SESSION).expect(200);
    set_up("the-token", PASSWORD).problem(403, "setup_link_invalid");
    Session::sign_in(&app, "olga@first.test");
}

#[test]
fn check_password_200_with_the_setup_token_only() {
    let app = TestApp::start_empty(&[]);
    let rate = |token: &str, password: &str| {
        let form = json!({
            "token": token, "tenant_name": "Northwind Traders", "name": "", "email": "",
            "password": password
        });
        let path = "/api/v1/auth/setup/check-password";
        app.browser("POST", path).json(&form).send()
    };
    rate("", NEW_PASSWORD).problem(403, "setup_link_invalid");
    *app.state.setup_token.lock() = Some("the-token".into());
    rate("another", NEW_PASSWORD).problem(403, "setup_link_invalid");
    assert_eq!(
        rate("the-token", NEW_PASSWORD).expect(200),
        json!({"problem": null})
    );
    let problem = rate("the-token", "northwind-2026").expect(200)["problem"].clone();
    assert!(problem.as_str().unwrap().contains("company"), "{problem}");
}
