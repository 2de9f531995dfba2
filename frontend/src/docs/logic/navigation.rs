//! The documentation's sidebar, which also defines the order of the pages.

use crate::{docs::openapi::Document, logic::site_map::ERRORS};
use shared::docs::{DOCS, GROUPS, GUIDES, MANAGEMENT, Section, group_path, operation_path};
use std::sync::Arc;

/// A page in the sidebar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub label: String,
    pub path: String,
    /// HTTP method; only operations have one.
    pub method: Option<String>,
    /// Pages nested below this one.
    pub children: Vec<Entry>,
}

/// A section of the sidebar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Heading; empty for pages without a section.
    pub title: &'static str,
    pub entries: Vec<Entry>,
}

impl Entry {
    fn new(label: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            path: path.into(),
            method: None,
            children: Vec::new(),
        }
    }

    /// Returns true if `path` is this page or one of its children.
    pub fn contains(&self, path: &str) -> bool {
        self.path == path || self.children.iter().any(|child| child.path == path)
    }
}

/// Builds the sidebar. Groups have no operations until the documents are loaded.
pub fn sidebar(documents: &[Arc<Document>]) -> Vec<Part> {
    let part = |title, entries| Part { title, entries };
    let mut endpoints: Vec<_> = GROUPS.iter().map(|name| group(name, documents)).collect();
    // The specification lists these guides after the email groups and before the others.
    endpoints.splice(4..4, guides(Section::Endpoints));
    let mut rest = guides(Section::Sdks);
    rest.push(Entry::new("Error codes", ERRORS));
    rest.extend(guides(Section::Changelog));
    let mut start = vec![Entry::new("Overview", DOCS)];
    start.extend(guides(Section::GettingStarted));
    vec![
        part("Getting Started", start),
        part("Endpoints", endpoints),
        part("Management API", vec![group(MANAGEMENT, documents)]),
        part("Guides", guides(Section::Guides)),
        part("", rest),
    ]
}

fn guides(section: Section) -> Vec<Entry> {
    let guides = GUIDES.iter().filter(|guide| guide.section == section);
    guides
        .map(|guide| Entry::new(guide.label, guide.path()))
        .collect()
}

fn group(name: &str, documents: &[Arc<Document>]) -> Entry {
    let mut entry = Entry::new(name, group_path(name));
    let operations = documents.iter().flat_map(|document| &document.operations);
    let own = operations.filter(|operation| operation.group == name);
    entry.children = own
        .map(|operation| Entry {
            method: Some(operation.method.clone()),
            ..Entry::new(&operation.summary, operation_path(name, &operation.id))
        })
        .collect();
    entry
}

/// Returns the previous and the next page of the one at `path`.
pub fn neighbours(parts: &[Part], path: &str) -> (Option<Entry>, Option<Entry>) {
    let mut pages = Vec::new();
    for entry in parts.iter().flat_map(|part| &part.entries) {
        pages.push(entry);
        pages.extend(&entry.children);
    }
    let Some(position) = pages.iter().position(|page| page.path == path) else {
        return (None, None);
    };
    let page = |position: usize| pages.get(position).map(|page| (*page).clone());
    (position.checked_sub(1).and_then(page), page(position + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{
        docs::guide_path,
        operation::{OPERATIONS, Operation},
    };

    fn documents() -> [Arc<Document>; 2] {
        let read = |text| Document::read(serde_json::from_str(text).unwrap()).unwrap();
        [
            read(include_str!("../../../../docs/openapi.json")).into(),
            read(include_str!("../../../../docs/openapi-management.json")).into(),
        ]
    }

    #[test]
    fn the_sidebar_is_as_specified() {
        let parts = sidebar(&[]);
        let labels = |index: usize| {
            let part: &Part = &parts[index];
            let labels = part.entries.iter().map(|entry| entry.label.as_str());
            labels.collect::<Vec<_>>()
        };
        let start = ["Authentication", "Rate Limiting", "Error Handling"];
        assert_eq!(labels(0)[2..], start);
        let endpoints = ["Emails", "Campaigns", "Contacts", "Analytics", "Webhooks"];
        assert_eq!(labels(1)[..5], endpoints);
        assert_eq!(labels(2), ["Management"]);
        assert!(labels(4).contains(&"SDKs & Libraries"));
        assert!(labels(4).contains(&"Changelog"));
    }

    #[test]
    fn every_operation_has_its_page_below_its_group() {
        let documents = documents();
        let parts = sidebar(&documents);
        let groups = parts.iter().flat_map(|part| &part.entries);
        let children: Vec<_> = groups.flat_map(|group| &group.children).collect();
        let count = documents.iter().map(|document| document.operations.len());
        assert_eq!(children.len(), count.sum::<usize>());
        // The operation table and the documents must generate the same paths.
        for path in OPERATIONS.iter().filter_map(Operation::docs_path) {
            assert!(children.iter().any(|child| child.path == path), "{path}");
        }
    }

    #[test]
    fn one_can_read_from_the_first_page_to_the_last() {
        let parts = sidebar(&documents());
        let mut path = DOCS.to_owned();
        let mut count = 1;
        while let (_, Some(next)) = neighbours(&parts, &path) {
            let (back, _) = neighbours(&parts, &next.path);
            assert_eq!(back.unwrap().path, path);
            path = next.path;
            count += 1;
        }
        assert_eq!(path, shared::docs::CHANGELOG);
        assert!(count > 35, "{count}");
        assert_eq!(neighbours(&parts, &guide_path("no-such")), (None, None));
    }
}
