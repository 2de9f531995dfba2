//! A guide as the server sends it: rendered there, and cut into blocks so that code and
//! tables can be drawn with what the dashboard has for them.

use crate::docs::highlight::Language;
use serde::Deserialize;

/// A guide.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Guide {
    /// Its name in addresses.
    pub slug: String,
    /// Its heading.
    pub title: String,
    /// What it is about, in a sentence.
    pub description: String,
    /// What is in it, from top to bottom.
    pub blocks: Vec<Block>,
}

/// A part of a guide.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// A heading.
    Heading(Heading),
    /// Paragraphs and lists, as HTML that the server made of Markdown.
    Prose {
        /// Their HTML.
        html: String,
    },
    /// A table, which may be wider than a phone.
    Table {
        /// Its HTML.
        html: String,
    },
    /// Code.
    Code {
        /// Its language, as Markdown names it.
        language: String,
        /// The code.
        code: String,
    },
}

/// A heading on a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Heading {
    /// 2 for a section, 3 for a part of one.
    pub level: u8,
    /// Its anchor.
    pub id: String,
    /// Its words.
    pub text: String,
}

impl Guide {
    /// Its headings, for the list of what is on the page.
    pub fn headings(&self) -> impl Iterator<Item = &Heading> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Heading(heading) => Some(heading),
            _ => None,
        })
    }

    /// The words of its paragraphs, lists and tables.
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

/// What is between the tags of HTML that our server made.
fn without_tags(html: &str) -> String {
    let parts = html
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect::<Vec<_>>().join(" ")
}

/// How to colour code that Markdown calls by this name.
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
