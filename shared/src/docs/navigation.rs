//! The documentation's sidebar, which also defines the order of the pages.

use super::{DOCS, GROUPS, GUIDES, MANAGEMENT, Section, group_path, operation_path};
use crate::{error::CATALOGUE_PATH, reference::OperationSummary};

/// A page in the sidebar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Title in the sidebar.
    pub label: String,
    /// URL path of the page.
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
    /// Pages of the section.
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

/// Builds the sidebar from the operations of both APIs. Before they are loaded, groups are empty.
pub fn sidebar(operations: &[OperationSummary]) -> Vec<Part> {
    let part = |title, entries| Part { title, entries };
    let mut endpoints: Vec<_> = GROUPS.iter().map(|name| group(name, operations)).collect();
    // The specification lists these guides after the email groups and before the others.
    endpoints.splice(4..4, guides(Section::Endpoints));
    let mut rest = guides(Section::Sdks);
    rest.push(Entry::new("Error codes", CATALOGUE_PATH));
    rest.extend(guides(Section::Changelog));
    let mut start = vec![Entry::new("Overview", DOCS)];
    start.extend(guides(Section::GettingStarted));
    vec![
        part("Getting Started", start),
        part("Endpoints", endpoints),
        part("Management API", vec![group(MANAGEMENT, operations)]),
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

fn group(name: &str, operations: &[OperationSummary]) -> Entry {
    let mut entry = Entry::new(name, group_path(name));
    let own = operations
        .iter()
        .filter(|operation| operation.group == name);
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
    use crate::{
        docs::guide_path,
        operation::{OPERATIONS, Operation},
    };

    fn operations() -> Vec<OperationSummary> {
        let documented = OPERATIONS.iter().filter(|row| row.docs_path().is_some());
        let summaries = documented.map(|row: &Operation| {
            let names = GROUPS.iter().chain([&MANAGEMENT]);
            let group = names
                .copied()
                .find(|name| name.eq_ignore_ascii_case(row.group()));
            OperationSummary {
                id: row.id.to_owned(),
                method: row.method.to_owned(),
                path: row.path.to_owned(),
                group: group.expect("has a place in the sidebar").to_owned(),
                summary: row.id.to_owned(),
            }
        });
        summaries.collect()
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
        let parts = sidebar(&operations());
        let groups = parts.iter().flat_map(|part| &part.entries);
        let children: Vec<_> = groups.flat_map(|group| &group.children).collect();
        let paths: Vec<_> = OPERATIONS.iter().filter_map(Operation::docs_path).collect();
        assert_eq!(children.len(), paths.len());
        for path in paths {
            assert!(children.iter().any(|child| child.path == path), "{path}");
        }
    }

    #[test]
    fn pages_can_be_read_from_the_first_to_the_last() {
        let parts = sidebar(&operations());
        let mut path = DOCS.to_owned();
        let mut count = 1;
        while let (_, Some(next)) = neighbours(&parts, &path) {
            let (back, _) = neighbours(&parts, &next.path);
            assert_eq!(back.unwrap().path, path);
            path = next.path;
            count += 1;
        }
        assert_eq!(path, crate::docs::CHANGELOG);
        assert!(count > 35, "{count}");
        assert_eq!(neighbours(&parts, &guide_path("no-such")), (None, None));
    }
}
