//! The dashboard's files.

use crate::util::{Answer, TestApp};
use shared::docs::DOCS;

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

fn get(app: &TestApp, path: &str) -> Answer {
    app.request("GET", path).send()
}

#[test]
fn page_200_names_the_documents() {
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
        assert_eq!(document.header("cache-control"), Some(IMMUTABLE));
    }
    assert!(page.contains("rel=\"preload\" href=\"/docs/openapi-"));
    assert!(
        !get(&app, "/login")
            .text()
            .contains("rel=\"preload\" href=\"/docs/")
    );
}
