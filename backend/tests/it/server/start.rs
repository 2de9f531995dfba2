//! Settings and secrets that the server checks when it starts.

use crate::util::{
    TestApp,
    app::{Place, start_of_time},
    process::binary,
};
use backend::{clock::Clock, keys::secret::SecretKeys, server};

#[test]
fn start_fails_with_a_wrong_secret_key() {
    let app = TestApp::start();
    app.key(&["contacts:read"]);
    let place = app.place.clone();
    drop(app);
    let file = place.dir().join("secret.key");
    let clock = Clock::stepped(start_of_time());
    let right = std::fs::read_to_string(&file).unwrap();
    let other = SecretKeys::generate().unwrap();
    std::fs::write(&file, other.expose()).unwrap();
    let error = server::open(&place.storage(), &clock)
        .err()
        .expect("is refused");
    let text = error.to_string();
    assert!(
        text.contains("the secret key does not belong to this database"),
        "{text}"
    );
    assert!(text.contains("PENGUINMAILS_SECRET_KEY"), "{text}");

    // A missing secret key is not replaced, because a new file would look like the right one.
    std::fs::remove_file(&file).unwrap();
    let error = server::open(&place.storage(), &clock)
        .err()
        .expect("is refused");
    let text = error.to_string();
    assert!(
        text.contains("the secret key of this database is missing"),
        "{text}"
    );
    assert!(!file.exists(), "none was generated");

    // A new secret key in front of the old one is accepted.
    std::fs::write(&file, format!("{}\n{right}", other.expose().trim())).unwrap();
    server::open(&place.storage(), &clock)
        .map(drop)
        .expect("both are there");
}

#[test]
fn start_fails_for_a_retention_period_that_breaks_unsubscribe_links() {
    let place = Place::new();
    let output = binary(&place, &["serve", "--message-retention-days", "29"]).output();
    let output = output.expect("runs");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("30 or more"), "{text}");
}

#[test]
fn help_shows_no_values_of_secrets() {
    let place = Place::new();
    let mut command = binary(&place, &["serve", "--help"]);
    let secret = "postgres://user:hunter2@db.example/penguinmails";
    command.env("PENGUINMAILS_DATABASE_URL", secret);
    command.env("PENGUINMAILS_SMTP_URL", "smtp://user:hunter2@mail.example");
    let output = command.output().expect("runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("PENGUINMAILS_DATABASE_URL_FILE"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}
