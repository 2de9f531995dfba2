//! The command line `penguinmails admin`.

use super::{PASSWORD, app::Place, process::binary};
use std::{io::Write, process::Stdio};

/// Runs an admin command. Returns its success and output.
fn admin(place: &Place, arguments: &[&str], input: &str) -> (bool, String) {
    let (command, rest) = arguments.split_first().expect("names a command");
    let mut child = binary(place, &["admin", command]);
    child
        .args(rest)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = child.spawn().expect("starts");
    let mut stdin = child.stdin.take().expect("has an input");
    // A command that fails early does not read its input.
    let _ = writeln!(stdin, "{input}");
    drop(stdin);
    let output = child.wait_with_output().expect("ends");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8(text).expect("is text"),
    )
}

/// Runs an admin command that succeeds. Returns its output.
#[track_caller]
pub fn admin_ok(place: &Place, arguments: &[&str], input: &str) -> String {
    let (ok, text) = admin(place, arguments, input);
    assert!(ok, "{text}");
    text
}

/// Runs an admin command that fails. Returns its output.
#[track_caller]
pub fn admin_fails(place: &Place, arguments: &[&str], input: &str) -> String {
    let (ok, text) = admin(place, arguments, input);
    assert!(!ok && text.starts_with("error: "), "{text}");
    text
}

/// Creates a user of the company `acme`.
#[track_caller]
pub fn add_user(place: &Place, email: &str, role: &str) {
    let arguments = [
        "create-user",
        "--email",
        email,
        "--role",
        role,
        "--tenant",
        "acme",
    ];
    admin_ok(place, &arguments, PASSWORD);
}
