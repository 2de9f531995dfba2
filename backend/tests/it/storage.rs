//! The database, and the files of the data directory.

use crate::util::{
    TestApp,
    app::{Place, start_of_time},
    block_on, eventually,
    process::{Process, furnished},
};
use backend::{
    clock::Clock,
    db::{Location, after_commit},
    error::ApiError,
    models::user::User,
    server,
};
use shared::error::ErrorCode;
use std::{
    cell::Cell, fs::Permissions, net::SocketAddr, os::unix::fs::PermissionsExt, path::Path, rc::Rc,
};

#[test]
fn migrations_run_up_down_and_up_again() {
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
fn after_commit_does_not_run_after_a_rollback() {
    let app = TestApp::start_empty(&[]);
    let runs = Rc::new(Cell::new(0));
    let write = |result: Result<(), ApiError>| {
        let counter = runs.clone();
        app.state.db.write_blocking(|_| {
            after_commit(move || counter.set(counter.get() + 1));
            result
        })
    };
    assert!(write(Err(ErrorCode::NotFound.into())).is_err());
    assert_eq!(runs.get(), 0);
    assert!(write(Ok(())).is_ok());
    assert_eq!(runs.get(), 1);
    assert!(app.state.db.write_blocking(|_| Ok(())).is_ok());
    assert_eq!(runs.get(), 1);
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path)
        .expect("has a mode")
        .permissions()
        .mode()
        & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).expect("has a mode");
}

fn open(place: &Place) -> anyhow::Result<()> {
    server::open(&place.storage(), &Clock::stepped(start_of_time())).map(drop)
}

#[test]
fn the_secret_key_is_readable_by_its_owner_only() {
    let place = Place::new();
    open(&place).unwrap();
    assert_eq!(mode(&place.dir().join("secret.key")), 0o600);
}

#[test]
fn start_revokes_the_access_of_other_users() {
    let place = Place::new();
    open(&place).unwrap();
    let mail = place.dir().join("mail");
    std::fs::create_dir(&mail).unwrap();
    std::fs::write(mail.join("msg_a.eml"), "Subject: Hi").unwrap();
    let mut files = vec![place.dir().join("secret.key"), mail.join("msg_a.eml")];
    if place.is_sqlite() {
        let names = [
            "penguinmails.db",
            "penguinmails.db-wal",
            "penguinmails.db-shm",
        ];
        let paths = names.map(|name| place.dir().join(name));
        files.extend(paths.into_iter().filter(|path| path.exists()));
    }
    for dir in [place.dir(), &*mail] {
        set_mode(dir, 0o755);
    }
    for file in &files {
        set_mode(file, 0o644);
    }
    open(&place).unwrap();
    assert_eq!((mode(place.dir()), mode(&mail)), (0o700, 0o700));
    for file in &files {
        if file.exists() {
            assert_eq!(mode(file), 0o600, "{}", file.display());
        }
    }
}

#[test]
fn a_directory_with_other_files_keeps_its_mode_and_must_not_be_writable_by_others() {
    let place = Place::new();
    open(&place).unwrap();
    std::fs::write(place.dir().join("notes.txt"), "").unwrap();
    let secret = place.dir().join("secret.key");
    set_mode(&secret, 0o640);
    set_mode(place.dir(), 0o755);
    open(&place).unwrap();
    assert_eq!((mode(place.dir()), mode(&secret)), (0o755, 0o600));
    set_mode(place.dir(), 0o777);
    let error = open(&place).expect_err("is refused").to_string();
    assert!(
        error.contains("other users of this machine can replace"),
        "{error}"
    );
    assert!(error.contains("chmod go-w"), "{error}");
    set_mode(place.dir(), 0o700);
}

#[test]
fn files_of_a_running_server_are_accessible_to_its_user_only() {
    let place = furnished();
    let server = Process::start(&place);
    let key = server.create_key(&server.owner());
    let id = server.send(key["api_key"].as_str().unwrap(), "ann@example.com");
    let mail = place.dir().join("mail");
    eventually(|| mail.join(format!("{id}.eml")).exists().then_some(()));
    let mut pending = vec![place.dir().to_owned()];
    while let Some(dir) = pending.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
            if path.is_dir() {
                pending.push(path);
            }
        }
    }
}

#[test]
fn secrets_in_files_are_read_and_their_access_is_restricted() {
    let place = Place::new();
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
    let file = place.dir().join("smtp-url");
    std::fs::write(&file, "smtp://user:password@mail.example:25\n").unwrap();
    set_mode(&file, 0o644);
    let path = file.to_str().unwrap();
    let settings = place.settings(nowhere, &["--smtp-url-file", path]);
    let url = settings.smtp_url().unwrap();
    assert_eq!(url.as_deref(), Some("smtp://user:password@mail.example:25"));
    assert_eq!(mode(&file), 0o600);
    if place.is_sqlite() {
        std::fs::write(&file, "postgres://user:password@db.example/penguinmails\n").unwrap();
        let storage = place
            .settings(nowhere, &["--database-url-file", path])
            .storage;
        let expected = "postgres://user:password@db.example/penguinmails".to_owned();
        assert_eq!(storage.location().unwrap(), Location::Postgres(expected));
    }
    std::fs::remove_file(&file).unwrap();
    let error = settings.smtp_url().expect_err("is not there").to_string();
    assert!(error.contains("smtp-url"), "{error}");
}
