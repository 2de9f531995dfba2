//! The real binary, killed with SIGKILL.

use crate::util::{
    app::{Place, start_of_time},
    eventually,
    process::{KEYS, Process, furnished},
    smtp::{Reply, SmtpServer},
};
use backend::{clock::Clock, server};
use diesel::{RunQueryDsl, sql_query};

#[test]
fn a_created_key_survives_sigkill() {
    let place = furnished();
    let mut server = Process::start(&place);
    let cookie = server.owner();
    let created = server.create_key(&cookie);
    server.kill();
    let server = Process::start(&place);
    let key = created["api_key"].as_str().unwrap();
    server.whoami(key).unwrap().expect(200);
    // The session survives as well.
    let path = format!("{KEYS}/{}", created["key"]["id"].as_str().unwrap());
    let revoked = server
        .request("DELETE", &path)
        .header("Cookie", &cookie)
        .send();
    revoked.expect(200);
    drop(server);
    let server = Process::start(&place);
    server.whoami(key).unwrap().problem(401, "invalid_token");
}

/// Ends all claims on emails immediately.
fn end_claims(place: &Place) {
    let clock = Clock::stepped(start_of_time());
    let (db, _) = server::open(&place.storage(), &clock).expect("opens");
    let ended = db.write_blocking(|conn| {
        sql_query("UPDATE messages SET claimed_until = NULL").execute(conn)?;
        Ok(())
    });
    ended.expect("writes");
}

#[test]
fn accepted_emails_survive_sigkill_and_are_written_once() {
    let place = furnished();
    let mut server = Process::start(&place);
    let key = server.create_key(&server.owner())["api_key"].clone();
    let key = key.as_str().unwrap();
    let mut expected = Vec::new();
    for round in 0..3 {
        for n in 0..10 {
            expected.push(server.send(key, &format!("r{round}n{n}@example.com")) + ".eml");
        }
        // The process is killed while some emails are being sent.
        server.kill();
        // Claims would otherwise last for minutes of real time.
        end_claims(&place);
        server = Process::start(&place);
    }
    expected.sort();
    let files = || {
        let files = std::fs::read_dir(place.dir().join("mail")).ok()?;
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        (names == expected).then_some(())
    };
    eventually(files);
}

#[test]
fn an_email_sent_again_after_sigkill_has_the_same_message_id() {
    let smtp = SmtpServer::start();
    let place = furnished();
    let url = smtp.url();
    let flags = ["--smtp-url", url.as_str()];
    let mut server = Process::start_with(&place, |command| command.args(flags));
    let key = server.create_key(&server.owner())["api_key"].clone();
    smtp.answer(&[Reply::Hold]);
    let id = server.send(key.as_str().unwrap(), "ann@example.com");
    smtp.wait_for(1);
    server.kill();
    end_claims(&place);
    let _server = Process::start_with(&place, |command| command.args(flags));
    for mail in smtp.wait_for(2) {
        assert_eq!(
            mail.header("Message-ID"),
            format!("<{id}@penguinmails.test>")
        );
    }
    smtp.release();
}
