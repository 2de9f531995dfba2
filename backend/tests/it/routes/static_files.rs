//! The dashboard's files.

use crate::util::{Answer, TestApp};
use shared::{
    docs::{CHANGELOG, DOCS, operation_path},
    role::Role,
};
use std::sync::atomic::Ordering;

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

fn get(app: &TestApp, path: &str) -> Answer {
    app.request("GET", path).send()
}

/// Returns the page at `path` with the text of its `<title>`; `None` if the server was built without
/// the dashboard.
fn page(answer: &Answer) -> Option<(String, String)> {
    if answer.status == 503 {
        return None;
    }
    let page = answer.text();
    let (_, title) = page.split_once("<title>").expect("has a title");
    let title = title
        .split("</title>")
        .next()
        .unwrap_or_default()
        .to_owned();
    Some((page, title))
}

#[test]
fn page_200_names_the_data_of_the_documentation() {
    let app = TestApp::start_empty(&[]);
    let Some((page, _)) = page(&get(&app, DOCS)) else {
        return;
    };
    let (_, rest) = page
        .split_once("<meta name=\"docs-data\" content=\"")
        .expect("names the data");
    let root = rest.split('"').next().unwrap_or_default();
    let index = get(&app, &format!("{root}/index.json"));
    assert_eq!(index.status, 200);
    assert_eq!(index.header("cache-control"), Some(IMMUTABLE));
    assert!(page.contains(&format!("rel=\"preload\" href=\"{root}/index.json\"")));
    let login = get(&app, "/login").text();
    assert!(!login.contains("rel=\"preload\" href=\"/docs/"));
}

#[test]
fn page_200_has_the_article_for_developers_only() {
    let app = TestApp::start();
    let operation = operation_path("emails", "send_email");
    for (path, title, text) in [
        (operation.as_str(), "Send an email", "Code Examples"),
        (CHANGELOG, "Changelog", "<h2"),
    ] {
        let developer = app.sign_in(Role::Developer).request("GET", path).send();
        let Some((shown, of)) = page(&developer) else {
            return;
        };
        assert!(of.starts_with(title), "{of}");
        let (_, article) = shown.split_once("<article").expect("has the article");
        assert!(article.contains(text), "{path}");
        assert_eq!(
            developer.header("vary"),
            Some("Accept, Accept-Encoding, Cookie")
        );
        let member = app.sign_in(Role::Member).request("GET", path).send();
        for without in [member, get(&app, path)] {
            let (shown, of) = page(&without).expect("is built");
            assert_eq!(of, "PenguinMails");
            assert!(!shown.contains("<article"), "{path}");
        }
    }
    let missing = operation_path("emails", "no_such");
    let missing = app.sign_in(Role::Developer).request("GET", &missing).send();
    let (shown, _) = page(&missing).expect("is built");
    assert!(!shown.contains("<article"));
}

#[test]
fn page_200_tells_the_first_start_and_a_demonstration() {
    let app = TestApp::start_empty(&[]);
    let hint = |name: &str| {
        let shown = page(&get(&app, "/login"));
        shown.map(|(page, _)| page.contains(&format!("<meta name=\"entry\" content=\"{name}\">")))
    };
    let Some(is_first) = hint("first-start") else {
        return;
    };
    assert!(!is_first && hint("demo") == Some(false));
    app.state.is_demo.store(true, Ordering::Relaxed);
    assert_eq!(hint("demo"), Some(true));
    *app.state.setup_token.lock() = Some("the-token".into());
    assert_eq!(hint("first-start"), Some(true));
    assert_eq!(hint("demo"), Some(false));
    assert!(!get(&app, "/login").text().contains("the-token"));
}
