//! The article of a guide.

use super::{code::snippet, markdown_links};
use crate::docs::guides::{Block, Guide, Heading};
use maud::{Markup, PreEscaped, html};
use shared::highlight::Language;

/// Renders a guide whose page has this path.
pub fn guide(guide: &Guide, path: &str) -> Markup {
    // Scrollable elements need an accessible name that is unique on the page.
    let mut section = guide.title.as_str();
    let mut named = Vec::new();
    for (block, number) in guide.blocks.iter().zip(1..) {
        if let Block::Heading(heading) = block {
            section = &heading.text;
        }
        named.push((block, format!("Example {number}: {section}")));
    }
    html! {
        article.docs-columns {
            header.prose {
                h1.page-head__title { (guide.title) }
                p.prose__lead { (guide.description) }
                (markdown_links(path))
            }
            nav.toc aria-labelledby="toc-title" {
                p.toc__title id="toc-title" { "On this page" }
                ul role="list" {
                    @for heading in guide.headings() {
                        li.is-part[heading.level > 2] {
                            a href={ "#" (heading.id) } { (heading.text) }
                        }
                    }
                }
            }
            div.prose {
                @for (content, name) in &named { (block(content, name)) }
            }
        }
    }
}

fn block(block: &Block, name: &str) -> Markup {
    html! {
        @match block {
            Block::Heading(heading) => {
                @if heading.level == 2 {
                    h2 id=(heading.id) { (heading.text) (anchor(heading)) }
                } @else {
                    h3 id=(heading.id) { (heading.text) (anchor(heading)) }
                }
            }
            // Rendered from our own Markdown, where raw HTML isn't allowed.
            Block::Prose { html } => div.prose__text { (PreEscaped(html)) },
            Block::Table { html } => {
                div.prose__table tabindex="0" role="region" aria-label=(name) { (PreEscaped(html)) }
            }
            Block::Code { language, code } => (snippet(Language::of_code_block(language), code, name)),
        }
    }
}

/// Renders a heading's link to itself.
fn anchor(heading: &Heading) -> Markup {
    html! {
        " "
        a.anchor href={ "#" (heading.id) } aria-label={ "Link to “" (heading.text) "”" } { "#" }
    }
}
