//! `/llms.txt` and `/llms-full.txt`.

use super::{MARKDOWN_SUFFIX, Page};
use shared::docs::DOCS;
use std::fmt::Write;

/// Renders the list of all pages in the format of llmstxt.org. `about` is the API's description.
pub fn index(public_url: &str, about: &str, pages: &[Page]) -> String {
    let mut text = format!(
        "# PenguinMails API\n\n> {about}\n\n\
         The base URL is `{public_url}`. All pages below are Markdown. Any page of the \
         documentation responds with Markdown at its URL plus `{MARKDOWN_SUFFIX}`, or to a request \
         with `Accept: text/markdown`.\n"
    );
    let mut sections: Vec<&str> = Vec::new();
    for section in pages.iter().filter_map(|page| page.section.as_deref()) {
        if !sections.contains(&section) {
            sections.push(section);
        }
    }
    // By its definition, this section is the one that readers may skip.
    sections.sort_by_key(|section| *section == OPTIONAL);
    for section in sections {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n## {section}\n\n");
        let listed = |page: &&Page| page.section.as_deref() == Some(section);
        for page in pages.iter().filter(listed) {
            let Page {
                path,
                title,
                description,
                ..
            } = page;
            let url = format!("{public_url}{path}{MARKDOWN_SUFFIX}");
            let _ = writeln!(text, "- [{title}]({url}): {description}");
        }
        if section == OPTIONAL {
            text.push_str(&other_documents(public_url));
        }
    }
    text
}

/// Section for links that readers with little space skip.
pub const OPTIONAL: &str = "Optional";

fn other_documents(public_url: &str) -> String {
    [
        (
            "All pages in one file",
            "/llms-full.txt",
            "Every page of this list.",
        ),
        (
            "OpenAPI document of the public API",
            "/openapi.json",
            "OpenAPI 3.1; also as `/openapi.yaml`.",
        ),
        (
            "OpenAPI document of the management API",
            "/openapi-management.json",
            "OpenAPI 3.1, for programs that manage keys.",
        ),
        ("Documentation in the browser", DOCS, "Requires JavaScript."),
    ]
    .map(|(title, path, description)| format!("- [{title}]({public_url}{path}): {description}\n"))
    .concat()
}

/// Renders the index and all pages one after the other.
pub fn full_text(public_url: &str, index: &str, pages: &[Page]) -> String {
    let mut text = index.to_owned();
    for page in pages.iter().filter(|page| page.section.is_some()) {
        let url = format!("{public_url}{}{MARKDOWN_SUFFIX}", page.path);
        // Writing to a String cannot fail.
        let _ = write!(text, "\n---\n\nSource: <{url}>\n\n{}", page.text());
    }
    text
}
