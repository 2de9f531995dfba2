//! The documentation as Markdown: `…/docs/….md`, `Accept: text/markdown`, `/llms.txt` and
//! `/llms-full.txt`.

use crate::util::{Answer, TestApp};
use backend::docs::MARKDOWN_SUFFIX;
use shared::{
    docs::{
        CHANGELOG, DOCS, GROUPS, GUIDES, GuideEntry, MANAGEMENT, group_path, guide_path,
        operation_path,
    },
    error::{CATALOGUE_PATH, ErrorCode},
    operation::{OPERATIONS, Operation},
};
use std::collections::BTreeSet;

const MARKDOWN: &str = "text/markdown; charset=utf-8";

fn get(app: &TestApp, path: &str) -> Answer {
    app.request("GET", path).send()
}

/// Returns the URLs of all links to this server in a Markdown text.
fn links<'a>(app: &TestApp, text: &'a str) -> Vec<&'a str> {
    let own = text.split("](").skip(1).filter_map(|rest| {
        let link = rest.split(')').next().unwrap_or_default();
        link.strip_prefix(&app.url)
    });
    own.collect()
}

/// Returns the paths of all pages that the index lists.
fn listed_pages() -> impl Iterator<Item = String> {
    let guides = GUIDES.iter().map(GuideEntry::path);
    let operations = OPERATIONS.iter().filter_map(Operation::docs_path);
    guides.chain([CATALOGUE_PATH.to_owned()]).chain(operations)
}

#[test]
fn get_200_each_page_by_its_suffix() {
    let app = TestApp::start_empty(&[]);
    let groups = GROUPS.into_iter().chain([MANAGEMENT]).map(group_path);
    for path in listed_pages().chain(groups).chain([DOCS.to_owned()]) {
        let page = get(&app, &format!("{path}.md"));
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), Some(MARKDOWN), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-cache"), "{path}");
        assert_eq!(page.header("vary"), Some("Accept-Encoding"), "{path}");
        let text = page.text();
        assert!(text.starts_with("# "), "{path}");
        assert!(!text.contains("{{public_url}}"), "{path}");
        assert!(!text.contains("](/"), "{path}: a link is relative");
        let etag = page.header("etag").expect("has an ETag");
        let again = app.request("GET", &format!("{path}.md"));
        let again = again.header("If-None-Match", etag).send();
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        let head = app.request("HEAD", &format!("{path}.md")).send();
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
    }
}

#[test]
fn get_200_at_the_page_if_preferred() {
    let app = TestApp::start_empty(&[]);
    let path = guide_path("quickstart");
    let by_suffix = get(&app, &format!("{path}.md"));
    for accept in ["text/markdown", "text/markdown, text/html;q=0.9, */*;q=0.1"] {
        let page = app.request("GET", &path).header("Accept", accept).send();
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), Some(MARKDOWN));
        assert_eq!(page.header("vary"), Some("Accept, Accept-Encoding"));
        let location = format!("{path}.md");
        assert_eq!(page.header("content-location"), Some(location.as_str()));
        assert_eq!(page.body, by_suffix.body);
    }
    for accept in ["text/html", "text/html, text/markdown;q=0.9", "*/*"] {
        let page = app.request("GET", &path).header("Accept", accept).send();
        if page.status == 503 {
            // The server was built without the dashboard, so there is no page.
            continue;
        }
        let media_type = page.header("content-type");
        assert_eq!(media_type, Some("text/html; charset=utf-8"), "{accept}");
        let vary = page.header("vary").unwrap_or_default();
        assert!(vary.starts_with("Accept, "), "{vary}");
        let link = page.header("link").unwrap_or_default();
        assert!(link.contains("rel=\"api-catalog\""), "{link}");
    }
}

#[test]
fn get_404_says_where_the_pages_are() {
    let app = TestApp::start_empty(&[]);
    let unknown = [
        format!("{DOCS}/guides/unknown.md"),
        format!("{DOCS}/guides/quickstart.md.md"),
        format!("{DOCS}/.md"),
    ];
    for path in unknown {
        let problem = get(&app, &path).problem(404, "not_found");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("/llms.txt"), "{path}: {detail}");
    }
    let page = app.request("GET", &format!("{DOCS}/guides/unknown"));
    let page = page.header("Accept", "text/markdown").send();
    page.problem(404, "not_found");
    // Other pages of the dashboard are not documentation.
    get(&app, "/dashboard/settings/billing.md").problem(404, "not_found");
    let page = app
        .request("GET", "/login")
        .header("Accept", "text/markdown");
    page.send().problem(404, "not_found");
}

#[test]
fn every_link_of_every_page_leads_somewhere() {
    let app = TestApp::start_empty(&[]);
    let full = get(&app, "/llms-full.txt").text();
    let mut seen = BTreeSet::new();
    for link in links(&app, &full) {
        let path = link.split('#').next().unwrap_or_default();
        if !seen.insert(path) {
            continue;
        }
        let answer = get(&app, path);
        // 503: the server was built without the dashboard.
        assert!(
            matches!(answer.status, 200 | 503),
            "{link}: {}",
            answer.status
        );
        if path.ends_with(MARKDOWN_SUFFIX) {
            assert_eq!(answer.header("content-type"), Some(MARKDOWN), "{link}");
        }
    }
    assert!(seen.len() > 20, "only {} links were found", seen.len());
}

#[test]
fn the_index_lists_every_page_and_the_full_text_contains_it() {
    let app = TestApp::start_empty(&[]);
    let answer = get(&app, "/llms.txt");
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    let index = answer.text();
    let mut lines = index.lines();
    assert_eq!(lines.next(), Some("# PenguinMails API"));
    assert!(lines.nth(1).is_some_and(|line| line.starts_with("> ")));
    let full = get(&app, "/llms-full.txt").text();
    let listed: Vec<_> = links(&app, &index)
        .into_iter()
        .filter(|it| it.ends_with(MARKDOWN_SUFFIX))
        .collect();
    let unique: BTreeSet<_> = listed.iter().collect();
    assert_eq!(listed.len(), unique.len());
    let expected: BTreeSet<_> = listed_pages().map(|path| format!("{path}.md")).collect();
    let actual: BTreeSet<_> = listed.iter().map(|link| (*link).to_owned()).collect();
    assert_eq!(actual, expected);
    for link in &listed {
        let page = get(&app, link).text();
        assert!(full.contains(&page), "{link}");
    }
    // The list of changes is for those who have space for it.
    let (_, optional) = index
        .split_once("## Optional\n")
        .expect("has optional links");
    assert!(optional.contains(CHANGELOG));
    assert!(!optional.contains("\n## "));
}

#[test]
fn an_operation_has_everything_that_a_call_needs() {
    let app = TestApp::start_empty(&[]);
    let path = operation_path("Emails", "send_email");
    let text = get(&app, &format!("{path}.md")).text();
    let url = &app.url;
    for part in [
        "# Send an email\n".to_owned(),
        format!("`POST {url}/v1/emails/send`\n"),
        "- Required scope: `emails:send`\n".to_owned(),
        "- Rate limit: 60 requests per minute".to_owned(),
        "Idempotent with an `Idempotency-Key`.".to_owned(),
        "- `Idempotency-Key` (string, optional): ".to_owned(),
        "- `to` (string, required): ".to_owned(),
        "- `subject` (string, required in some cases): ".to_owned(),
        "  -H \"Authorization: Bearer $PENGUINMAILS_API_KEY\"".to_owned(),
        "### 200 OK\n\nThe email is queued.\n".to_owned(),
        "\"status\": \"queued\"".to_owned(),
        format!("- [`idempotency_key_reused`]({url}{CATALOGUE_PATH}.md#idempotency_key_reused): "),
    ] {
        assert!(text.contains(&part), "{part} is missing in {text}");
    }
}

#[test]
fn the_catalogue_has_every_error() {
    let app = TestApp::start_empty(&[]);
    let text = get(&app, &format!("{CATALOGUE_PATH}.md")).text();
    for code in ErrorCode::ALL {
        let section = format!("\n## {code}\n\n{} {}", code.status(), code.title());
        assert!(text.contains(&section), "{code}");
    }
}
