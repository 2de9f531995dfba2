//! `admin set-sender`.

use crate::util::{
    admin::{admin_fails, admin_ok},
    process::{Process, furnished},
};

#[test]
fn set_sender_sets_the_default_sender_and_its_domains() {
    let place = furnished();
    let server = Process::start(&place);
    let key = server.create_key(&server.owner())["api_key"].clone();
    let key = key.as_str().unwrap();
    let set_sender = |sender, domains| {
        [
            "set-sender",
            "--tenant",
            "acme",
            "--default-from",
            sender,
            "--domains",
            domains,
        ]
    };
    for (sender, domains) in [("nobody", "a.example"), ("a@a.example", "a b")] {
        admin_fails(&place, &set_sender(sender, domains), "");
    }
    let sender = "Acme <hello@acme.example>";
    let domains = "acme.example,acme.test";
    admin_ok(&place, &set_sender(sender, domains), "");
    let id = server.send(key, "ann@example.com");
    let request = server.request("GET", &format!("/v1/emails/{id}"));
    let request = request.header("Authorization", &format!("Bearer {key}"));
    assert_eq!(request.send().expect(200)["from"], sender);
}
