//! Tables and secrets, before there are any requests.

use crate::util::{
    TestApp,
    app::{Place, start_of_time},
    block_on,
};
use backend::{clock::Clock, keys::secret::SecretKeys, models::user::User, server};

#[test]
fn migrations_go_up_down_and_up_again() {
    let place = Place::new();
    let clock = Clock::stepped(start_of_time());
    let (db, _) = server::open(&place.storage(), &clock).unwrap();
    assert_eq!(block_on(db.read(User::count)).unwrap(), 0);
    db.revert_all().unwrap();
    assert!(
        block_on(db.read(User::count)).is_err(),
        "the tables are gone"
    );
    db.migrate().unwrap();
    db.migrate().unwrap();
    assert_eq!(block_on(db.read(User::count)).unwrap(), 0);
}

#[test]
fn start_refused_with_a_wrong_secret() {
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
    assert!(text.contains("the secret key is not the one"), "{text}");
    assert!(text.contains("PENGUINMAILS_SECRET_KEY"), "{text}");

    // A lost one is not silently replaced.
    std::fs::remove_file(&file).unwrap();
    assert!(server::open(&place.storage(), &clock).is_err());

    // A new one in front of the old one is welcome.
    std::fs::write(&file, format!("{}\n{right}", other.expose().trim())).unwrap();
    server::open(&place.storage(), &clock)
        .map(drop)
        .expect("both are there");
}

#[cfg(unix)]
#[test]
fn secret_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    server::open(&place.storage(), &Clock::stepped(start_of_time()))
        .map(drop)
        .unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&place.dir().join("secret.key")) & 0o777, 0o600);
}
