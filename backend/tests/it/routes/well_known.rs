//! `/.well-known/api-catalog` and `/.well-known/security.txt`.

use crate::util::TestApp;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

#[test]
fn api_catalog_200_leads_to_documents_that_exist() {
    let app = TestApp::start_empty(&[]);
    let path = "/.well-known/api-catalog";
    let answer = app.request("GET", path).send();
    assert_eq!(answer.status, 200);
    let media_type = answer.header("content-type").unwrap_or_default();
    assert!(media_type.starts_with("application/linkset+json; profile="));
    let catalog: Value = serde_json::from_slice(&answer.body).expect("is JSON");
    let sets = catalog["linkset"].as_array().expect("is a list");
    let items: Vec<_> = sets[0]["item"].as_array().into_iter().flatten().collect();
    assert_eq!(sets[0]["anchor"], format!("{}{path}", app.url));
    for (api, item) in sets[1..].iter().zip(&items) {
        assert_eq!(api["anchor"], item["href"]);
        for relation in ["service-desc", "service-doc", "status"] {
            let targets: Vec<_> = api[relation].as_array().into_iter().flatten().collect();
            assert!(!targets.is_empty(), "{relation}");
            for target in targets {
                let href = target["href"].as_str().unwrap_or_default();
                let media_type = target["type"].as_str().unwrap_or_default();
                let request = app.request("GET", href.trim_start_matches(&app.url));
                let answer = request.header("Accept", media_type).send();
                if answer.status == 503 && media_type == "text/html" {
                    // The server was built without the dashboard.
                    continue;
                }
                assert_eq!(answer.status, 200, "{href}");
                let actual = answer.header("content-type").unwrap_or_default();
                assert!(actual.starts_with(media_type), "{href}: {actual}");
            }
        }
    }
    assert_eq!((sets.len(), items.len()), (3, 2));
}

#[test]
fn api_catalog_head_has_the_link() {
    let app = TestApp::start_empty(&[]);
    for method in ["GET", "HEAD"] {
        let answer = app.request(method, "/.well-known/api-catalog").send();
        assert_eq!(answer.status, 200, "{method}");
        let link = "</.well-known/api-catalog>; rel=\"api-catalog\"";
        assert_eq!(answer.header("link"), Some(link), "{method}");
    }
    let page = app.request("GET", "/").send();
    if page.status == 200 {
        let link = page.header("link").unwrap_or_default();
        assert!(link.contains("rel=\"api-catalog\""), "{link}");
    }
}

#[test]
fn security_txt_200_names_the_contacts_until_it_expires() {
    let app = TestApp::start_empty(&[
        "--security-contact",
        "mailto:security@example.com",
        "--security-contact",
        "https://example.com/report",
    ]);
    let read = || {
        let answer = app.request("GET", "/.well-known/security.txt").send();
        assert_eq!(answer.status, 200);
        let media_type = answer.header("content-type");
        assert_eq!(media_type, Some("text/plain; charset=utf-8"));
        let etag = answer.header("etag").expect("has an ETag").to_owned();
        (answer.text(), etag)
    };
    let field = |text: &str, name: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.split_once(": "));
        let values = lines.filter(|(it, _)| *it == name);
        values.map(|(_, value)| value.to_owned()).collect()
    };
    let (text, etag) = read();
    assert_eq!(
        field(&text, "Contact"),
        ["mailto:security@example.com", "https://example.com/report"]
    );
    let canonical = format!("{}/.well-known/security.txt", app.url);
    assert_eq!(field(&text, "Canonical"), [canonical]);
    let policy = field(&text, "Policy").concat();
    let guide = policy.trim_start_matches(&app.url);
    let (guide, section) = guide.split_once('#').expect("names a section");
    assert_eq!(section, "report-a-vulnerability");
    let guide = app.request("GET", &format!("{guide}.md")).send().text();
    assert!(guide.contains("\n## Report a vulnerability\n"));
    let expires = |text: &str| -> DateTime<Utc> {
        let value = field(text, "Expires").concat();
        value.parse().expect("is a timestamp")
    };
    let left = expires(&text) - app.clock.now();
    assert!(
        left > TimeDelta::days(150) && left < TimeDelta::days(365),
        "{left}"
    );
    app.advance(TimeDelta::minutes(1));
    assert_eq!(read(), (text.clone(), etag.clone()));
    app.advance(TimeDelta::days(2));
    let (later, new_etag) = read();
    assert_eq!(expires(&later) - expires(&text), TimeDelta::days(2));
    assert_ne!(new_etag, etag);
}

#[test]
fn security_txt_404_without_a_contact() {
    let app = TestApp::start_empty(&[]);
    let answer = app.request("GET", "/.well-known/security.txt").send();
    answer.problem(404, "not_found");
    let answer = app.request("GET", "/.well-known/unknown").send();
    answer.problem(404, "not_found");
}
