//! The changes that each status of a campaign allows.

use crate::util::{
    TestApp,
    campaigns::{OWN_ADDRESS, add_contacts, create, form, id_of, marketing_key, start_directly},
    json,
};
use backend::models::message::{NewMessage, Origin};
use chrono::TimeDelta;
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{Bool, Text},
};
use shared::{ids::ContactId, key::Environment};

#[test]
fn change_409_not_allowed_in_the_status() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    add_contacts(&app, Environment::Live, 1, &[]);
    let editable = "campaign_not_editable";
    let illegal = "illegal_transition";
    for (status, put, delete, start, pause) in [
        ("draft", None, None, None, Some(illegal)),
        (
            "sending",
            Some(editable),
            Some(editable),
            Some(illegal),
            None,
        ),
        (
            "paused",
            Some(editable),
            Some(editable),
            None,
            Some(illegal),
        ),
        (
            "completed",
            Some(editable),
            None,
            Some(illegal),
            Some(illegal),
        ),
        ("failed", Some(editable), None, Some(illegal), Some(illegal)),
    ] {
        for (action, refused) in [
            ("put", put),
            ("delete", delete),
            ("start", start),
            ("pause", pause),
        ] {
            let path = create(&key, &form());
            set_status(&app, &path, status);
            let answer = match action {
                "put" => key.put(&path, &form()),
                "delete" => key.delete(&path),
                action => key.post(&format!("{path}/{action}"), &json!({})),
            };
            let Some(code) = refused else {
                answer.expect(200);
                continue;
            };
            let problem = answer.problem(409, code);
            let message = problem["message"].as_str().unwrap();
            assert!(message.contains(status), "{action} {status}: {message}");
            assert_eq!(key.get(&path).expect(200)["status"], status, "{action}");
        }
    }
}

/// Moves a draft to this status, with one email that waits until tomorrow.
fn set_status(app: &TestApp, path: &str, status: &str) {
    let id = id_of(path);
    app.write(|conn| {
        if status != "draft" {
            let now = app.clock.now_naive();
            start_directly(app, conn, Environment::Live, &id);
            let message = NewMessage {
                tenant_id: app.tenant.clone(),
                environment: Environment::Live,
                origin: Origin::Campaign(id.clone(), ContactId::new("con_live000000")),
                sender: Some(OWN_ADDRESS.into()),
                recipient: "p0@example.com".into(),
                subject: "a".into(),
                html_body: None,
                text_body: None,
                variables: None,
                tags: Vec::new(),
                track_opens: false,
                track_clicks: false,
            };
            message.queue(conn, now + TimeDelta::days(1))?;
        }
        sql_query("UPDATE campaigns SET status = $1, all_queued = $2 WHERE id = $3")
            .bind::<Text, _>(status)
            .bind::<Bool, _>(status != "draft")
            .bind::<Text, _>(id.as_str())
            .execute(conn)?;
        Ok(())
    });
}
