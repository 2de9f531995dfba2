//! A guide as the server sends it: rendered to HTML and split into blocks, so that code and tables
//! can use the dashboard's components.

use crate::docs::highlight::Language;
use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Guide {
    /// Identifier in the URL.
    pub slug: String,
    pub title: String,
    /// Summary in one sentence.
    pub description: String,
    /// Content of the guide, from top to bottom.
    pub blocks: Vec<Block>,
}

/// A block of a guide.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    Heading(Heading),
    /// Paragraphs and lists, rendered from Markdown by the server.
    Prose {
        html: String,
    },
    /// A table, which can be wider than a phone screen.
    Table {
        html: String,
    },
    Code {
        /// Info string of the Markdown code block.
        language: String,
        code: String,
    },
}

/// A heading, which links can point to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Heading {
    /// 2 for a section, 3 for a subsection.
    pub level: u8,
    /// Anchor, unique on the page.
    pub id: String,
    pub text: String,
}

impl Guide {
    /// Returns the headings, for the table of contents.
    pub fn headings(&self) -> impl Iterator<Item = &Heading> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Heading(heading) => Some(heading),
            _ => None,
        })
    }

    /// Returns the text of the paragraphs, lists and tables, without tags.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for block in &self.blocks {
            if let Block::Prose { html } | Block::Table { html } = block {
                text.push_str(&without_tags(html));
            }
        }
        text
    }
}

/// Strips the tags from HTML that our server rendered. Not a sanitizer.
fn without_tags(html: &str) -> String {
    let parts = html
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect::<Vec<_>>().join(" ")
}

/// Maps a Markdown info string to a highlighting language; Bash is the fallback.
pub fn language(name: &str) -> Language {
    match name {
        "json" => Language::Json,
        "http" => Language::Http,
        "javascript" => Language::JavaScript,
        "python" => Language::Python,
        "php" => Language::Php,
        "ruby" => Language::Ruby,
        _ => Language::Bash,
    }
}
