//! Campaigns across restarts, crashes and several processes.

use crate::util::{
    Key, TestApp,
    campaigns::{
        add_contacts, all_emails, completed, create, eventually_slowly, form, id_of, marketing_key,
        start, start_and_pause, start_directly,
    },
    eventually, json,
};
use backend::{
    db::DbConnection,
    models::campaign::{Campaign, Chunk, Made, Step},
    random::new_id,
};
use chrono::{NaiveDateTime, TimeDelta};
use shared::{campaign::CampaignStatus, ids::CampaignId, key::Environment};
use std::collections::HashSet;

/// Loads the next chunk of a campaign's contacts.
fn chunk(conn: &mut DbConnection, id: &CampaignId, now: NaiveDateTime) -> Chunk {
    match Campaign::next_step(conn, id, now).expect("asks") {
        Step::Make(chunk) => *chunk,
        Step::Wait | Step::Finish => panic!("there is nothing to do"),
    }
}

/// Returns the same key on a restarted server.
fn same_key<'a>(app: &'a TestApp, plain: &str) -> Key<'a> {
    Key {
        app,
        id: String::new(),
        plain: plain.to_owned(),
    }
}

#[test]
fn a_campaign_reaches_1200_contacts_once_across_restarts() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    add_contacts(&app, Environment::Live, 1200, &[]);
    let path = create(&key, &form());
    // The server is restarted twice: while the campaign is paused, and while it is being sent.
    start_and_pause(&app, Environment::Live, &path, 500);
    let plain = key.plain.clone();
    let app = app.restart();
    let key = same_key(&app, &plain);
    let campaign = key.get(&path).expect(200);
    assert_eq!(
        (&campaign["status"], &campaign["queued"]),
        (&json!("paused"), &json!(500))
    );
    assert_eq!(start(&key, &path)["recipients"], 1200);
    eventually(|| (key.get(&path).expect(200)["sent"] != 0).then_some(()));
    let app = app.restart();
    let key = same_key(&app, &plain);
    let campaign = eventually_slowly(|| {
        let campaign = key.get(&path).expect(200);
        (campaign["status"] == "completed").then_some(campaign)
    });
    assert_eq!(campaign["recipients"], 1200);
    assert_eq!(campaign["sent"], 1200);
    assert_eq!(campaign["queued"], 0);
    let mails = all_emails(&key);
    let recipients: HashSet<_> = mails.iter().map(|mail| mail["to"].as_str()).collect();
    assert_eq!((mails.len(), recipients.len()), (1200, 1200));
    let files = std::fs::read_dir(app.place.dir().join("mail")).unwrap();
    let files = files.filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".eml")
    });
    assert_eq!(files.count(), 1200);
}

#[test]
fn two_processes_queue_a_chunk_once() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
    add_contacts(&app, Environment::Test, 3, &[]);
    let path = create(&key, &form());
    let (id, now) = (id_of(&path), app.clock.now_naive());
    app.write(|conn| {
        start_directly(&app, conn, Environment::Test, &id);
        let chunks = [
            Campaign::next_step(conn, &id, now)?,
            Campaign::next_step(conn, &id, now)?,
        ];
        for step in chunks {
            let Step::Make(chunk) = step else {
                panic!("there is nothing to do");
            };
            let chunk = *chunk;
            let failed = |contact| Made {
                contact,
                message_id: new_id().unwrap(),
                mail: Err("as an example".to_owned()),
            };
            let made = chunk.contacts.into_iter().map(failed).collect();
            Campaign::queue(conn, &chunk.campaign, made, chunk.is_last, now)?;
        }
        Ok(())
    });
    let campaign = completed(&key, &path);
    assert_eq!(
        (&campaign["recipients"], &campaign["failed"]),
        (&json!(3), &json!(3))
    );
}

#[test]
fn a_campaign_fails_after_two_crashed_attempts() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
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
fn finished_attempts_do_not_count_as_crashes() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
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
            // The attempt is rejected, because the render queue is full.
            start_directly(&app, conn, environment, &id);
            let next = chunk(conn, &id, now);
            let claimed = Campaign::claim_chunk(conn, &next.campaign, now)?.unwrap();
            claimed.release_chunk(conn)?;
            Campaign::pause(conn, tenant, environment, &id, now)?;
        }
        Ok(())
    });
    start(&key, &path);
    let campaign = completed(&key, &path);
    assert_eq!(
        (&campaign["sent"], &campaign["failed"]),
        (&json!(5), &json!(0))
    );
}
