//! Links of Markdown pages: absolute, and to the Markdown of pages that have it.

use super::MARKDOWN_SUFFIX;
use pulldown_cmark::{Event, Options, Parser, Tag};
use shared::docs::DOCS;

/// Section of an operation's page that only the dashboard has.
const DASHBOARD_ONLY: &str = "try-it-out";

/// Completes the links of `markdown` that begin with a slash. `pages` are the paths of the pages
/// that exist as Markdown, besides the index.
pub fn absolute(markdown: &str, public_url: &str, pages: &[String]) -> String {
    let mut completed = String::with_capacity(markdown.len());
    let mut copied = 0;
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter();
    for (event, range) in events {
        let Event::Start(Tag::Link { dest_url, .. }) = event else {
            continue;
        };
        // The text of a link precedes its target.
        let Some(position) = markdown[range.clone()].rfind(&*dest_url) else {
            continue;
        };
        if !dest_url.starts_with('/') {
            continue;
        }
        let target = range.start + position;
        completed.push_str(&markdown[copied..target]);
        completed.push_str(&complete(&dest_url, public_url, pages));
        copied = target + dest_url.len();
    }
    completed.push_str(&markdown[copied..]);
    completed
}

fn complete(link: &str, public_url: &str, pages: &[String]) -> String {
    let (path, anchor) = match link.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (link, None),
    };
    let has_markdown = path == DOCS || pages.iter().any(|page| page == path);
    let suffix = if has_markdown && anchor != Some(DASHBOARD_ONLY) {
        MARKDOWN_SUFFIX
    } else {
        ""
    };
    let anchor = anchor.map(|anchor| format!("#{anchor}"));
    format!("{public_url}{path}{suffix}{}", anchor.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_absolute_and_code_stays() {
        let page = format!("{DOCS}/guides/a");
        let pages = [page.clone()];
        let markdown = format!(
            "[/x](/x) [a]({page}#b) [try]({page}#try-it-out) [docs]({DOCS}) [w](https://w.test) \
             `[a]({page})`\n\n```\n[a]({page})\n```\n\n| [a]({page}) |\n|---|\n"
        );
        let url = "https://p.test";
        assert_eq!(
            absolute(&markdown, url, &pages),
            format!(
                "[/x]({url}/x) [a]({url}{page}.md#b) [try]({url}{page}#try-it-out) \
                 [docs]({url}{DOCS}.md) [w](https://w.test) `[a]({page})`\n\n```\n[a]({page})\n\
                 ```\n\n| [a]({url}{page}.md) |\n|---|\n"
            )
        );
    }
}
