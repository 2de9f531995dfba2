//! `/openapi.json`, `/openapi.yaml`, `/openapi-management.json` and `/docs/data`: caching and
//! compression.

use crate::util::{Answer, TestApp, json};
use backend::docs::Guide;
use serde_json::Value;
use shared::{
    docs::{CHANGELOG, GROUPS, MANAGEMENT},
    operation::OPERATIONS,
};
use std::collections::BTreeSet;

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

fn get(app: &TestApp, path: &str) -> Answer {
    app.request("GET", path).send()
}

#[test]
fn get_200_is_revalidated() {
    let app = TestApp::start_empty(&[]);
    let named = get(&app, "/openapi.json");
    assert_eq!(named.status, 200);
    assert_eq!(named.header("cache-control"), Some("no-cache"));
    let etag = named.header("etag").expect("has an ETag").to_owned();
    let hash = etag.trim_start_matches("W/").trim_matches('"');
    let digest = ring::digest::digest(&ring::digest::SHA256, &named.body);
    let digits = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    let digits = digits.collect::<Vec<_>>().concat();
    assert_eq!(hash, &digits[..16], "as `sha256sum` of the file says");
    assert!(named.header("last-modified").is_some());

    let again = app
        .request("GET", "/openapi.json")
        .header("If-None-Match", &etag);
    let again = again.send();
    assert_eq!((again.status, again.body.len()), (304, 0));
    let other = app
        .request("GET", "/openapi.json")
        .header("If-None-Match", "\"other\"");
    assert_eq!(other.send().status, 200);
}

#[test]
fn data_200_by_hash_is_immutable_and_the_latest_is_revalidated() {
    let app = TestApp::start_empty(&[]);
    let hash = app.state.docs.made().data.hash();
    for file in [
        "index.json",
        "search.json",
        "articles/guides/quickstart.json",
        "articles/changelog.json",
        "articles/endpoints/emails/send_email.json",
        "operations/send_email.json",
    ] {
        let kept = get(&app, &format!("/docs/data/{hash}/{file}"));
        assert_eq!(kept.status, 200, "{file}");
        assert_eq!(kept.header("cache-control"), Some(IMMUTABLE));
        let latest = get(&app, &format!("/docs/data/latest/{file}"));
        assert_eq!(latest.header("cache-control"), Some("no-cache"));
        assert_eq!(latest.body, kept.body, "{file}");
        get(&app, &format!("/docs/data/0000000000000000/{file}")).problem(404, "not_found");
    }
    get(&app, &format!("/docs/data/{hash}/operations/no_such.json")).problem(404, "not_found");
    get(&app, &format!("/docs/data/{hash}/../index.json")).problem(404, "not_found");
}

#[test]
fn get_200_is_compressed_if_accepted() {
    let app = TestApp::start_empty(&[]);
    for path in [
        "/openapi.json",
        "/openapi.yaml",
        "/openapi-management.json",
        "/docs/data/latest/index.json",
    ] {
        let plain = get(&app, path);
        assert_eq!(plain.header("content-encoding"), None, "{path}");
        let packed = app
            .request("GET", path)
            .header("Accept-Encoding", "gzip")
            .send();
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{path}");
        assert_eq!(packed.header("vary"), Some("Accept-Encoding"), "{path}");
        assert!(packed.body.len() * 3 < plain.body.len(), "{path}");
        let mut unpacked = Vec::new();
        let mut decoder = flate2::read::GzDecoder::new(packed.body.as_slice());
        std::io::Read::read_to_end(&mut decoder, &mut unpacked).expect("is gzip");
        assert_eq!(unpacked, plain.body, "{path}");
        let head = app.request("HEAD", path).send();
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
    }
}

#[test]
fn get_200_yaml_equals_json() {
    let app = TestApp::start_empty(&[]);
    let json = get(&app, "/openapi.json").expect(200);
    let yaml = get(&app, "/openapi.yaml");
    assert_eq!(yaml.header("content-type"), Some("application/yaml"));
    let read: Value = serde_saphyr::from_str(&yaml.text()).expect("is YAML");
    assert_eq!(read, json);
}

#[test]
fn tags_are_the_groups_of_the_operations() {
    let app = TestApp::start_empty(&[]);
    let document = get(&app, "/openapi.json").expect(200);
    let mut used = BTreeSet::new();
    for row in OPERATIONS.iter().filter(|row| row.is_public_api()) {
        let entry = &document["paths"][row.path][row.method.to_lowercase()];
        let tag = entry["tags"][0].as_str().unwrap_or_default().to_owned();
        assert_eq!(tag.to_lowercase(), row.group(), "{}", row.id);
        used.insert(tag);
    }
    assert_eq!(
        used,
        GROUPS.iter().map(|group| (*group).to_owned()).collect()
    );
    let management = get(&app, "/openapi-management.json").expect(200);
    let methods = management["paths"].as_object().into_iter().flatten();
    let entries = methods.flat_map(|(_, methods)| methods.as_object().into_iter().flatten());
    for (_, entry) in entries {
        assert_eq!(
            entry["tags"],
            json!([MANAGEMENT]),
            "{}",
            entry["operationId"]
        );
    }
}

#[test]
fn last_modified_is_the_date_of_the_newest_changelog_entry() {
    let app = TestApp::start_empty(&[]);
    let guides = app.state.docs.guides();
    let changelog = guides.iter().find(|guide| guide.slug == "changelog");
    let dates = changelog.into_iter().flat_map(Guide::headings);
    let dates: Vec<_> = dates
        .filter_map(|heading| heading.text.parse::<chrono::NaiveDate>().ok())
        .collect();
    assert!(
        dates.is_sorted_by(|newer, older| newer > older),
        "{CHANGELOG}: {dates:?}"
    );
    let newest = dates.first().expect("has an entry");
    let expected = newest.format("%a, %d %b %Y 00:00:00 GMT").to_string();
    let served = get(&app, "/openapi.json");
    assert_eq!(served.header("last-modified"), Some(expected.as_str()));
}
