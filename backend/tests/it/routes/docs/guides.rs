//! The guides, and the links in them.

use crate::util::TestApp;
use backend::docs::{Block, Guide};
use shared::{
    docs::{DOCS, GROUPS, GUIDES, LEGACY_LINKS, MANAGEMENT, group_path},
    error::{CATALOGUE_PATH, ErrorCode},
    operation::OPERATIONS,
};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_guide_is_listed_and_served() {
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
    for entry in &GUIDES {
        let page = entry.path();
        let page = page.trim_start_matches(DOCS);
        let served = app.request("GET", &format!("/docs/data/latest/articles{page}.json"));
        let served = served.send().expect(200);
        let html = served["html"].as_str().unwrap_or_default();
        assert!(html.contains("Related documentation"), "{page}");
        assert!(!html.contains("{{public_url}}"), "{page}");
    }
}

#[test]
fn guides_contain_only_known_html_tags() {
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
fn check_link(pages: &BTreeMap<String, Option<BTreeSet<String>>>, link: &str, from: &str) {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let Some(anchors) = pages.get(path) else {
        panic!("{from}: {link} has no page");
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
fn every_link_of_every_guide_has_a_target() {
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
                check_link(&pages, link, &guide.slug);
                count += 1;
            }
        }
    }
    assert!(count > 80, "only {count} links were found");
}

#[test]
fn every_documentation_link_of_the_specification_has_a_page() {
    let app = TestApp::start_empty(&[]);
    let pages = pages(&app);
    let mut links = BTreeSet::new();
    for (link, target) in LEGACY_LINKS {
        check_link(&pages, target, link);
        assert!(links.insert(link), "{link} is listed twice");
    }
}
