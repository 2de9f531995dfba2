//! Renders the Markdown guides of `docs/guides` to blocks that the dashboard displays.
//!
//! The output is restricted: raw HTML is dropped, and links lead to pages of this site or to
//! http(s) URLs. The browser needs no Markdown parser and can insert the HTML as it is.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use rust_embed::RustEmbed;
use serde::Serialize;
use std::iter::Peekable;

/// The Markdown files. Debug builds read them at run time.
#[derive(RustEmbed)]
#[folder = "../docs/guides"]
struct Files;

/// A rendered guide of the documentation.
#[derive(Debug, Clone, Serialize)]
pub struct Guide {
    /// Name of the guide in URLs.
    pub slug: String,
    pub title: String,
    /// One-sentence summary of the guide.
    pub description: String,
    /// Content from top to bottom.
    pub blocks: Vec<Block>,
}

/// A block of a guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    Heading(Heading),
    /// Paragraphs and lists, rendered together.
    Prose {
        html: String,
    },
    /// A table, which may be wider than a phone's screen.
    Table {
        html: String,
    },
    /// A fenced block of code.
    Code {
        /// Info string of the fence.
        language: String,
        code: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heading {
    /// 2 for a section, 3 for a subsection.
    pub level: u8,
    /// Anchor within the page.
    pub id: String,
    pub text: String,
}

impl Guide {
    /// Reads and renders the guide with this name. `None` if it cannot be read.
    pub fn read(slug: &str, public_url: &str) -> Option<Self> {
        let source = GuideSource::read(slug, public_url)?;
        Some(Self {
            slug: slug.to_owned(),
            title: source.title,
            description: source.description,
            blocks: render(&source.markdown),
        })
    }

    /// Returns the file names without their extension.
    pub fn slugs() -> impl Iterator<Item = String> {
        Files::iter().filter_map(|file| file.strip_suffix(".md").map(str::to_owned))
    }

    pub fn headings(&self) -> impl Iterator<Item = &Heading> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Heading(heading) => Some(heading),
            _ => None,
        })
    }
}

/// The Markdown of a guide.
pub struct GuideSource {
    pub title: String,
    /// One-sentence summary of the guide.
    pub description: String,
    /// Text below the front matter, in which `{{public_url}}` is replaced.
    pub markdown: String,
}

impl GuideSource {
    /// Reads the guide with this name. `None` if there is no such file, or its front matter has no
    /// title or description.
    pub fn read(slug: &str, public_url: &str) -> Option<Self> {
        let file = Files::get(&format!("{slug}.md"))?;
        let text = String::from_utf8_lossy(&file.data).replace("{{public_url}}", public_url);
        let (front, body) = text.strip_prefix("---\n")?.split_once("\n---\n")?;
        let field = |name: &str| {
            let line = front.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim().to_owned())
        };
        Some(Self {
            title: field("title:")?,
            description: field("description:")?,
            markdown: body.trim().to_owned(),
        })
    }
}

/// Renders Markdown to blocks.
fn render(markdown: &str) -> Vec<Block> {
    let mut events = Parser::new_ext(markdown, Options::ENABLE_TABLES).peekable();
    let mut blocks = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                blocks.push(Block::Heading(heading(level, &mut events)));
            }
            Event::Start(Tag::CodeBlock(kind)) => blocks.push(code(&kind, &mut events)),
            Event::Start(Tag::Table(_)) => {
                let html = to_html(whole(event, &mut events));
                blocks.push(Block::Table { html });
            }
            Event::Start(Tag::HtmlBlock) => drop(whole(event, &mut events)),
            Event::Start(_) | Event::Rule => prose(&mut blocks, whole(event, &mut events)),
            _ => {}
        }
    }
    blocks
}

type Events<'a> = Peekable<Parser<'a>>;

/// Returns `first` and all events up to its end.
fn whole<'a>(first: Event<'a>, events: &mut Events<'a>) -> Vec<Event<'a>> {
    let mut depth = i32::from(matches!(first, Event::Start(_)));
    let mut all = vec![first];
    while depth > 0
        && let Some(event) = events.next()
    {
        depth += match event {
            Event::Start(_) => 1,
            Event::End(_) => -1,
            _ => 0,
        };
        all.push(event);
    }
    all
}

fn heading(level: HeadingLevel, events: &mut Events) -> Heading {
    let mut text = String::new();
    for event in events.by_ref() {
        match event {
            Event::End(TagEnd::Heading(_)) => break,
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            _ => {}
        }
    }
    Heading {
        level: level as u8,
        id: anchor(&text),
        text,
    }
}

/// Converts the text of a heading to a URL fragment.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.replace(|c: char| !c.is_alphanumeric() && c != ' ' && c != '-', "");
    kept.split_whitespace().collect::<Vec<_>>().join("-")
}

fn code(kind: &CodeBlockKind, events: &mut Events) -> Block {
    let mut code = String::new();
    for event in events.by_ref() {
        match event {
            Event::End(TagEnd::CodeBlock) => break,
            Event::Text(part) => code.push_str(&part),
            _ => {}
        }
    }
    let language = match kind {
        CodeBlockKind::Fenced(language) => language.to_string(),
        CodeBlockKind::Indented => String::new(),
    };
    let code = code.trim_end().to_owned();
    Block::Code { language, code }
}

/// Appends to the preceding prose block, or starts a new one.
fn prose(blocks: &mut Vec<Block>, events: Vec<Event>) {
    let more = to_html(events);
    match blocks.last_mut() {
        Some(Block::Prose { html }) => html.push_str(&more),
        _ => blocks.push(Block::Prose { html: more }),
    }
}

fn to_html(events: Vec<Event>) -> String {
    let is_safe = |target: &str| {
        let is_own =
            target.starts_with('#') || target.starts_with('/') && !target.starts_with("//");
        is_own || target.starts_with("https://") || target.starts_with("http://")
    };
    // Records for each open link whether it was kept.
    let mut kept = Vec::new();
    let safe = events.into_iter().filter(move |event| match event {
        Event::Html(_)
        | Event::InlineHtml(_)
        | Event::Start(Tag::HtmlBlock | Tag::Image { .. })
        | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => false,
        Event::Start(Tag::Link { dest_url, .. }) => {
            let keep = is_safe(dest_url);
            kept.push(keep);
            keep
        }
        Event::End(TagEnd::Link) => kept.pop().unwrap_or(false),
        _ => true,
    });
    let mut text = String::new();
    html::push_html(&mut text, safe);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prose_of(markdown: &str) -> String {
        let mut blocks = render(markdown).into_iter();
        match (blocks.next(), blocks.next()) {
            (Some(Block::Prose { html }), None) => html,
            other => panic!("not prose alone: {other:?}"),
        }
    }

    #[test]
    fn markup_is_dropped_and_text_escaped() {
        let html = prose_of("A <b onclick=x>b</b> `<i>` & c ![i](https://x.test/a.png)");
        assert_eq!(html, "<p>A b <code>&lt;i&gt;</code> &amp; c i</p>\n");
        assert_eq!(render("<script>alert(1)</script>\n"), []);
    }

    #[test]
    fn links_lead_to_pages_only() {
        let html = prose_of("[a](/x) [b](https://b.test) [c](javascript:alert(1)) [d](//d.test)");
        assert_eq!(
            html,
            "<p><a href=\"/x\">a</a> <a href=\"https://b.test\">b</a> c d</p>\n"
        );
        assert_eq!(
            prose_of("[c](data:text/html,x) [d](<JaVaScRiPt:x>)"),
            "<p>c d</p>\n"
        );
    }

    #[test]
    fn blocks_keep_their_order() {
        let markdown = "One.\n\nTwo.\n\n## What `401` means\n\n```bash\ncurl <x>\n```\n\n| a |\n|---|\n| b |\n";
        let blocks = render(markdown);
        let heading = Heading {
            level: 2,
            id: "what-401-means".into(),
            text: "What 401 means".into(),
        };
        assert_eq!(blocks.len(), 4);
        assert_eq!(blocks[1], Block::Heading(heading));
        let (language, code) = ("bash".into(), "curl <x>".into());
        assert_eq!(blocks[2], Block::Code { language, code });
        assert!(matches!(&blocks[3], Block::Table { html } if html.contains("<th>a</th>")));
    }
}
