//! The guides as Markdown pages.

use super::{Page, index::OPTIONAL};
use crate::docs::guides::GuideSource;
use shared::docs::{GUIDES, GuideEntry, Section};

/// Reads all guides.
pub fn pages(public_url: &str) -> Vec<Page> {
    let page = |entry: &GuideEntry| {
        let source = GuideSource::read(entry.slug, public_url)?;
        let section = match entry.section {
            Section::GettingStarted => "Getting started",
            Section::Changelog => OPTIONAL,
            Section::Guides | Section::Endpoints | Section::Sdks => "Guides",
        };
        Some(Page {
            path: entry.path(),
            section: Some(section.to_owned()),
            title: source.title,
            body: format!("> {}\n\n{}", source.description, source.markdown),
            description: source.description,
        })
    };
    GUIDES.iter().filter_map(page).collect()
}
