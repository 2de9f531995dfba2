//! `POST /api/v1/auth/login` with internationalized domains.

use crate::util::{PASSWORD, TestApp, json};
use diesel::RunQueryDsl;
use shared::plan::Plan;

#[test]
fn login_200_with_each_spelling_of_the_domain() {
    let app = TestApp::start();
    app.add_tenant("b\u{fc}cher", Plan::Starter);
    for email in [
        "owner@b\u{fc}cher.test",
        "Owner@B\u{dc}CHER.test",
        "owner@xn--bcher-kva.test",
    ] {
        let form = json!({"email": email, "password": PASSWORD});
        let answer = app.browser("POST", "/api/v1/auth/login").json(&form).send();
        let session = answer.expect(200);
        assert_eq!(session["user"]["email"], "owner@xn--bcher-kva.test");
    }
    // A row from before domains were normalized.
    app.write(|conn| {
        let old = "UPDATE users SET email = 'owner@b\u{fc}cher.test' \
                   WHERE email = 'owner@xn--bcher-kva.test'";
        Ok(diesel::sql_query(old).execute(conn)?)
    });
    let form = json!({"email": "owner@b\u{fc}cher.test", "password": PASSWORD});
    let answer = app.browser("POST", "/api/v1/auth/login").json(&form).send();
    answer.expect(200);
}
