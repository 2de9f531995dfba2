//! Campaigns that crash the process, or that the operator stops.

use super::{add_contacts, create, form, id_of, marketer, start, start_directly};
use crate::util::{TestApp, eventually, json, process::binary};
use backend::{
    db::DbConnection,
    models::{
        campaign::{Campaign, Chunk, Made, Step},
        message::new_id,
    },
};
use chrono::{NaiveDateTime, TimeDelta};
use shared::{campaign::CampaignStatus, ids::CampaignId, key::Environment, role::Role};

/// Loads the next chunk of a campaign's contacts.
fn chunk(conn: &mut DbConnection, id: &CampaignId, now: NaiveDateTime) -> Chunk {
    match Campaign::next_step(conn, id, now).expect("asks") {
        Step::Make(chunk) => *chunk,
        Step::Wait | Step::Finish => panic!("there is nothing to do"),
    }
}

#[test]
fn campaign_fails_after_two_attempts_that_did_not_end() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
    add_contacts(&app, Environment::Test, 5, &[]);
    let path = create(&key, &form());
    let (id, now) = (id_of(&path), app.clock.now_naive());
    let later = |minutes: i64| now + TimeDelta::minutes(minutes) + TimeDelta::seconds(1);
    app.write(|conn| {
        start_directly(&app, conn, Environment::Test, &id);
        // Two emails are queued before the first failure.
        let first = chunk(conn, &id, now);
        let claimed = Campaign::claim_chunk(conn, &first.campaign, now)?.unwrap();
        let made = first.contacts.into_iter().take(2);
        let made = made.map(|contact| Made {
            contact,
            message_id: new_id().unwrap(),
            mail: Err("as an example".to_owned()),
        });
        Campaign::queue(conn, &claimed, made.collect(), false, now)?;

        let next = chunk(conn, &id, now).campaign;
        assert!(Campaign::claim_chunk(conn, &next, now)?.is_some());
        let step = Campaign::next_step(conn, &id, now)?;
        assert!(matches!(step, Step::Wait), "the first attempt has time");
        assert!(Campaign::claim_chunk(conn, &next, now)?.is_none());
        // The process was killed during the attempt.
        let next = chunk(conn, &id, later(1)).campaign;
        assert!(Campaign::claim_chunk(conn, &next, later(1))?.is_some());
        let next = chunk(conn, &id, later(2)).campaign;
        assert!(Campaign::claim_chunk(conn, &next, later(2))?.is_none());
        let campaign = Campaign::get(conn, &app.tenant, Environment::Test, &id)?;
        assert_eq!(campaign.status()?, CampaignStatus::Failed);
        Ok(())
    });
    let campaign = key.get(&path).expect(200);
    let reason = campaign["failure_reason"].as_str().unwrap();
    assert!(reason.contains("ended twice"), "{reason}");
    let counts = ["status", "recipients", "failed"].map(|name| campaign[name].clone());
    assert_eq!(counts, [json!("failed"), json!(2), json!(2)]);
    key.delete(&path).expect(200);
}

#[test]
fn attempts_that_end_do_not_count() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
    add_contacts(&app, Environment::Test, 5, &[]);
    let path = create(&key, &form());
    let (id, now) = (id_of(&path), app.clock.now_naive());
    app.write(|conn| {
        let (tenant, environment) = (&app.tenant, Environment::Test);
        for _ in 0..4 {
            // The campaign is paused while its emails are rendered.
            start_directly(&app, conn, environment, &id);
            let next = chunk(conn, &id, now);
            let claimed = Campaign::claim_chunk(conn, &next.campaign, now)?.unwrap();
            Campaign::pause(conn, tenant, environment, &id, now)?;
            Campaign::queue(conn, &claimed, Vec::new(), false, now)?;
        }
        for _ in 0..4 {
            // The attempt is turned away, because other templates are being rendered.
            start_directly(&app, conn, environment, &id);
            let next = chunk(conn, &id, now);
            let claimed = Campaign::claim_chunk(conn, &next.campaign, now)?.unwrap();
            claimed.release_chunk(conn)?;
            Campaign::pause(conn, tenant, environment, &id, now)?;
        }
        Ok(())
    });
    start(&key, &path);
    let campaign = super::completed(&key, &path);
    assert_eq!(
        (&campaign["sent"], &campaign["failed"]),
        (&json!(5), &json!(0))
    );
}

#[test]
fn stop_campaign_withdraws_what_is_queued_and_is_in_the_audit_log() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
    add_contacts(&app, Environment::Test, 4, &[]);
    let path = create(&key, &form());
    let id = id_of(&path);
    let stop = |id: &str| {
        let mut command = binary(&app.place, &["admin", "stop-campaign", "--id", id]);
        let output = command.output().expect("runs");
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    };
    let (stopped, said) = stop(id.as_str());
    assert!(!stopped && said.contains("is draft"), "{said}");
    let (stopped, said) = stop("cmp_0000000000000000");
    assert!(!stopped && said.contains("there is no campaign"), "{said}");

    super::send::start_and_pause(&app, Environment::Test, &path, 3);
    let (stopped, said) = stop(id.as_str());
    assert!(stopped && said.contains("Autumn sale"), "{said}");
    let campaign = eventually(|| {
        let campaign = key.get(&path).expect(200);
        (campaign["queued"] == 0).then_some(campaign)
    });
    let counts = ["status", "recipients", "sent", "failed"].map(|name| campaign[name].clone());
    assert_eq!(counts, [json!("failed"), json!(3), json!(0), json!(3)]);
    let mail = key.get("/v1/emails?status=failed").expect(200)["data"][0].clone();
    let mail = key.get(&format!("/v1/emails/{}", mail["id"].as_str().unwrap()));
    let reason = campaign["failure_reason"].clone();
    assert_eq!(mail.expect(200)["last_error"], reason);
    key.post(&format!("{path}/start"), &json!({}))
        .problem(409, "illegal_transition");

    let owner = app.sign_in(Role::Owner);
    let log = owner
        .get("/api/v1/tenant/audit-log?action=campaign.stopped")
        .expect(200);
    let entry = &log["data"][0];
    assert_eq!(
        (&entry["subject_id"], &entry["actor"]["type"]),
        (&json!(id.as_str()), &json!("operator"))
    );
    assert_eq!(
        (&entry["before"], &entry["after"]),
        (&json!({"status": "paused"}), &json!({"status": "failed"}))
    );
}
