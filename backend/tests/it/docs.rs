//! The published documentation: paths, caching and links.

use crate::util::{Answer, TestApp};
use backend::docs::{Block, Guide};
use serde_json::{Value, json};
use shared::{
    docs::{CHANGELOG, DOCS, GROUPS, GUIDES, LEGACY_LINKS, MANAGEMENT, group_path},
    error::{CATALOGUE_PATH, ErrorCode},
    operation::OPERATIONS,
};
use std::collections::{BTreeMap, BTreeSet};

const FOR_EVER: &str = "public, max-age=31536000, immutable";

fn get(app: &TestApp, path: &str) -> Answer {
    app.request("GET", path).send()
}

#[test]
fn the_document_is_kept_by_its_hash_and_asked_for_by_its_name() {
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

    let kept = get(&app, &format!("/docs/openapi-{hash}.json"));
    assert_eq!(kept.status, 200);
    assert_eq!(kept.header("cache-control"), Some(FOR_EVER));
    assert_eq!(kept.body, named.body);
    get(&app, "/docs/openapi-0000000000000000.json").problem(404, "not_found");
    get(&app, "/docs/openapi-management-0000000000000000.json").problem(404, "not_found");
    get(&app, "/docs/guides-0000000000000000.json").problem(404, "not_found");
}

#[test]
fn documents_come_compressed_to_whom_takes_it() {
    let app = TestApp::start_empty(&[]);
    for path in [
        "/openapi.json",
        "/openapi.yaml",
        "/openapi-management.json",
        "/docs/guides.json",
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
fn yaml_says_what_json_says() {
    let app = TestApp::start_empty(&[]);
    let json = get(&app, "/openapi.json").expect(200);
    let yaml = get(&app, "/openapi.yaml");
    assert_eq!(yaml.header("content-type"), Some("application/yaml"));
    let read: Value = serde_saphyr::from_str(&yaml.text()).expect("is YAML");
    assert_eq!(read, json);
}

#[test]
fn the_page_says_where_the_documents_are() {
    let app = TestApp::start_empty(&[]);
    let page = get(&app, DOCS);
    if page.status == 503 {
        // The server was built without the dashboard, so there is no page.
        return;
    }
    let page = page.text();
    for name in ["openapi-document", "openapi-management", "guides"] {
        let (_, rest) = page
            .split_once(&format!("<meta name=\"{name}\" content=\""))
            .unwrap_or_else(|| panic!("{name} is not named"));
        let address = rest.split('"').next().unwrap_or_default();
        let document = get(&app, address);
        assert_eq!(document.status, 200, "{address}");
        assert_eq!(document.header("cache-control"), Some(FOR_EVER));
    }
    assert!(page.contains("rel=\"preload\" href=\"/docs/openapi-"));
    assert!(
        !get(&app, "/login")
            .text()
            .contains("rel=\"preload\" href=\"/docs/")
    );
}

#[test]
fn every_guide_is_listed_and_every_listed_guide_is_there() {
    let app = TestApp::start_empty(&[]);
    let listed: BTreeSet<_> = GUIDES.iter().map(|guide| guide.slug.to_owned()).collect();
    assert_eq!(listed, Guide::slugs().collect());
    let guides = app.state.docs.guides();
    assert_eq!(guides.len(), GUIDES.len());
    for guide in &guides {
        let ids: Vec<_> = guide.headings().map(|heading| &heading.id).collect();
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(
            ids.len(),
            unique.len(),
            "{}: two headings share an anchor",
            guide.slug
        );
        let last = guide.headings().filter(|heading| heading.level == 2).last();
        let last = last.map(|heading| heading.text.as_str());
        assert_eq!(last, Some("Related documentation"), "{}", guide.slug);
    }
    let served = get(&app, "/docs/guides.json").expect(200);
    assert_eq!(served.as_array().map(Vec::len), Some(GUIDES.len()));
    assert!(!served.to_string().contains("{{public_url}}"));
}

#[test]
fn guides_have_no_markup_of_their_own() {
    let app = TestApp::start_empty(&[]);
    for guide in app.state.docs.guides() {
        for block in &guide.blocks {
            let (Block::Prose { html } | Block::Table { html }) = block else {
                continue;
            };
            for tag in html.split('<').skip(1) {
                let name = tag.trim_start_matches('/');
                let name = name.split(|c: char| !c.is_alphanumeric()).next();
                let is_known = matches!(
                    name,
                    Some(
                        "p" | "ul"
                            | "ol"
                            | "li"
                            | "a"
                            | "code"
                            | "strong"
                            | "em"
                            | "table"
                            | "thead"
                            | "tbody"
                            | "tr"
                            | "th"
                            | "td"
                            | "br"
                            | "blockquote"
                            | "hr"
                    )
                );
                assert!(is_known, "{}: <{tag}", guide.slug);
            }
        }
    }
}

/// Returns every path of the documentation with its anchors; `None` for dashboard pages whose
/// anchors are unknown here.
fn pages(app: &TestApp) -> BTreeMap<String, Option<BTreeSet<String>>> {
    let mut pages = BTreeMap::new();
    let none = BTreeSet::new;
    pages.insert(DOCS.to_owned(), Some(none()));
    for guide in app.state.docs.guides() {
        let entry = GUIDES.iter().find(|entry| entry.slug == guide.slug);
        let path = entry
            .map(shared::docs::GuideEntry::path)
            .expect("is listed");
        let ids = guide.headings().map(|heading| heading.id.clone());
        pages.insert(path, Some(ids.collect()));
    }
    for group in GROUPS.into_iter().chain([MANAGEMENT]) {
        pages.insert(group_path(group), Some(none()));
    }
    for row in OPERATIONS {
        let tester = row.is_public_api().then(|| "try-it-out".to_owned());
        let anchors = tester.into_iter().collect();
        pages.extend(row.docs_path().map(|path| (path, Some(anchors))));
    }
    let codes = ErrorCode::ALL.iter().map(|code| code.as_str().to_owned());
    pages.insert(CATALOGUE_PATH.to_owned(), Some(codes.collect()));
    let dashboard = "/dashboard/settings";
    for page in ["developers/keys", "developers/usage", "billing"] {
        pages.insert(format!("{dashboard}/{page}"), None);
    }
    let providers = ["postmark", "mailgun"].map(str::to_owned);
    let esp = format!("{dashboard}/integrations/esp/webhooks");
    pages.insert(esp, Some(providers.into()));
    pages
}

#[track_caller]
fn leads_somewhere(pages: &BTreeMap<String, Option<BTreeSet<String>>>, link: &str, from: &str) {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let Some(anchors) = pages.get(path) else {
        panic!("{from}: {link} leads nowhere");
    };
    let has_anchor = anchors
        .as_ref()
        .is_none_or(|anchors| anchors.contains(anchor));
    assert!(
        anchor.is_empty() || has_anchor,
        "{from}: {link} has no such section"
    );
}

#[test]
fn every_link_of_every_guide_leads_somewhere() {
    let app = TestApp::start_empty(&[]);
    let pages = pages(&app);
    let mut count = 0;
    for guide in app.state.docs.guides() {
        for block in &guide.blocks {
            let (Block::Prose { html } | Block::Table { html }) = block else {
                continue;
            };
            for rest in html.split("href=\"").skip(1) {
                let link = rest.split('"').next().unwrap_or_default();
                if link.starts_with("https://") {
                    continue;
                }
                leads_somewhere(&pages, link, &guide.slug);
                count += 1;
            }
        }
    }
    assert!(count > 80, "only {count} links were found");
}

#[test]
fn every_link_of_the_specification_has_a_page_here() {
    let app = TestApp::start_empty(&[]);
    let pages = pages(&app);
    let mut links = BTreeSet::new();
    for (link, target) in LEGACY_LINKS {
        leads_somewhere(&pages, target, link);
        assert!(links.insert(link), "{link} stands twice");
    }
}

#[test]
fn the_groups_are_those_of_the_document() {
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
fn the_newest_entry_of_the_changelog_dates_the_document() {
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
