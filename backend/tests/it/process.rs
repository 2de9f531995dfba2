//! The real binary, as operators start and kill it.

use crate::util::{
    app::{Place, start_of_time},
    eventually,
    process::{KEYS, Process, binary, furnished},
    smtp::{Reply, SmtpServer},
};
use backend::{clock::Clock, server};
use diesel::{RunQueryDsl, sql_query};
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Runs `admin set-sender` with these arguments. Returns its success and output.
fn set_sender(place: &Place, more: &[&str]) -> (bool, String) {
    let mut command = binary(place, &["admin", "set-sender", "--tenant", "acme"]);
    let output = command.args(more).output().expect("runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (output.status.success(), text)
}

#[test]
fn set_sender_says_who_mails_come_from() {
    let place = furnished();
    let server = Process::start(&place);
    let key = server.create_key(&server.owner())["api_key"].clone();
    let key = key.as_str().unwrap();
    for (sender, domains) in [("nobody", "a.example"), ("a@a.example", "a b")] {
        let (worked, said) = set_sender(&place, &["--default-from", sender, "--domains", domains]);
        assert!(!worked && said.starts_with("error: "), "{said}");
    }
    let sender = "Acme <hello@acme.example>";
    let more = [
        "--default-from",
        sender,
        "--domains",
        "acme.example,acme.test",
    ];
    let (worked, said) = set_sender(&place, &more);
    assert!(worked, "{said}");
    let id = server.send(key, "ann@example.com");
    let request = server.request("GET", &format!("/v1/emails/{id}"));
    let request = request.header("Authorization", &format!("Bearer {key}"));
    assert_eq!(request.send().expect(200)["from"], sender);
}

#[test]
fn a_created_key_survives_kill_9() {
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

#[test]
fn accepted_mails_survive_kill_9_and_are_written_once() {
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
fn kill_9_between_the_mail_servers_yes_and_ours_repeats_the_same_message_id() {
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

#[cfg(unix)]
#[test]
fn sigterm_under_load_ends_in_time_and_counts_every_answer() {
    let place = furnished();
    let mut server = Process::start(&place);
    let cookie = server.owner();
    let created = server.create_key(&cookie);
    let key = created["api_key"].as_str().unwrap().to_owned();

    // Simulates an open dashboard.
    let mut events = TcpStream::connect(server.addr).unwrap();
    events
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let request = format!(
        "GET /api/v1/tenant/live HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n",
        server.addr
    );
    events.write_all(request.as_bytes()).unwrap();
    let mut events = BufReader::new(events);
    let mut line = String::new();
    events.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");

    let answered = AtomicU64::new(0);
    let pid = server.child.id().to_string();
    std::thread::scope(|scope| {
        let load = || {
            scope.spawn(|| {
                while let Ok(answer) = server.whoami(&key) {
                    answer.expect(200);
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            });
        };
        (0..4).for_each(|_| load());
        eventually(|| (answered.load(Ordering::SeqCst) > 500).then_some(()));
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
    });
    // The server accepts no connections any more, and the stream has ended in order.
    let mut rest = Vec::new();
    let ended = std::io::Read::read_to_end(&mut events, &mut rest);
    let mut exited = None;
    for _ in 0..600 {
        exited = server.child.try_wait().unwrap();
        if exited.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(
        exited.is_some_and(|status| status.success()),
        "{exited:?} within 12 s"
    );
    assert!(ended.is_ok() && rest.ends_with(b"0\r\n\r\n"), "{ended:?}");

    let server = Process::start(&place);
    let path = format!("{KEYS}/{}", created["key"]["id"].as_str().unwrap());
    let view = server
        .request("GET", &path)
        .header("Cookie", &cookie)
        .send()
        .expect(200);
    assert_eq!(view["usage"]["total_requests"], answered.into_inner());
    assert_eq!(view["usage"]["error_rate"], 0.0);
}
