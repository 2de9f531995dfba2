//! `penguinmails admin set-quota`.

use crate::util::{
    admin::{admin_fails, admin_ok},
    process::{Process, furnished},
};

#[test]
fn set_quota_merges_resets_and_is_audited() {
    let place = furnished();
    let set_quota = |quotas: &[&str]| {
        let arguments = [&["set-quota", "--tenant", "acme"], quotas].concat();
        admin_ok(&place, &arguments, "")
    };
    let text = admin_fails(&place, &["set-quota", "--tenant", "acme"], "");
    assert!(text.contains("--reset"), "{text}");
    let text = set_quota(&["--keys", "1", "--templates", "9"]);
    assert!(
        text.contains("9 templates") && text.contains("1 API keys"),
        "{text}"
    );
    let text = set_quota(&["--contacts", "5"]);
    assert!(
        text.contains("9 templates") && text.contains("5 contacts"),
        "{text}"
    );
    let out = place.dir().join("keys");
    let create_keys = [
        "create-keys",
        "--tenant",
        "acme",
        "--count",
        "3",
        "--environment",
        "live",
        "--scopes",
        "contacts:read",
        "--out",
        out.to_str().unwrap(),
    ];
    admin_ok(&place, &create_keys, "");
    let server = Process::start(&place);
    let quotas = server
        .request("GET", "/api/v1/tenant/quotas")
        .header("Cookie", &server.owner())
        .send()
        .expect(200);
    assert_eq!(quotas["live"]["keys"], 3);
    assert_eq!(quotas["limits"]["keys"], 1);
    let text = set_quota(&["--reset", "--keys", "70"]);
    assert!(
        text.contains("70 API keys") && !text.contains("9 templates,"),
        "{text}"
    );
    let log = server
        .request("GET", "/api/v1/tenant/audit-log?action=quota.changed")
        .header("Cookie", &server.owner())
        .send()
        .expect(200);
    assert_eq!(log["total"], 3);
    assert_eq!(log["data"][2]["after"]["templates_quota"], 9);
}
