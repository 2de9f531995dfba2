//! `penguinmails admin stop-campaign`.

use crate::util::{
    TestApp,
    campaigns::{add_contacts, create, form, id_of, marketing_key, start_and_pause},
    emails::path_of,
    eventually, json,
    process::binary,
};
use insta::assert_json_snapshot;
use shared::{key::Environment, role::Role};

#[test]
fn stop_campaign_fails_queued_emails_and_is_audited() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
    add_contacts(&app, Environment::Test, 4, &[]);
    let path = create(&key, &form());
    let id = id_of(&path);
    let stop = |id: &str| {
        let mut command = binary(&app.place, &["admin", "stop-campaign", "--id", id]);
        let output = command.output().expect("runs");
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    };
    let (stopped, text) = stop(id.as_str());
    assert!(!stopped && text.contains("is draft"), "{text}");
    let (stopped, text) = stop("cmp_0000000000000000");
    assert!(!stopped && text.contains("there is no campaign"), "{text}");

    start_and_pause(&app, Environment::Test, &path, 3);
    let (stopped, text) = stop(id.as_str());
    assert!(stopped && text.contains("Autumn sale"), "{text}");
    let campaign = eventually(|| {
        let campaign = key.get(&path).expect(200);
        (campaign["queued"] == 0).then_some(campaign)
    });
    let counts = ["status", "recipients", "sent", "failed"].map(|name| campaign[name].clone());
    assert_eq!(counts, [json!("failed"), json!(3), json!(0), json!(3)]);
    let mail = key.get("/v1/emails?status=failed").expect(200)["data"][0].clone();
    let mail = key.get(&path_of(&mail));
    let reason = campaign["failure_reason"].clone();
    assert_eq!(mail.expect(200)["last_error"], reason);
    key.post(&format!("{path}/start"), &json!({}))
        .problem(409, "illegal_transition");

    let owner = app.sign_in(Role::Owner);
    let log = owner
        .get("/api/v1/tenant/audit-log?action=campaign.stopped")
        .expect(200);
    let entry = &log["data"][0];
    assert_eq!(entry["subject_id"], id.as_str());
    // The command reads the system clock.
    assert_json_snapshot!(entry, {
        ".id" => "[id]",
        ".at" => "[time]",
        ".subject_id" => "[campaign id]",
    }, @r#"
    {
      "id": "[id]",
      "at": "[time]",
      "actor": {
        "type": "operator",
        "id": "",
        "email": "command line",
        "address": ""
      },
      "action": "campaign.stopped",
      "subject_id": "[campaign id]",
      "before": {
        "status": "paused"
      },
      "after": {
        "status": "failed"
      }
    }
    "#);
}
