//! Full-text search of the documentation: titles, sections, paths and fields of operations, error
//! codes, and the remaining text.

use crate::docs::logic::guide::Guide;
use crate::{
    docs::openapi::{BODY_ANCHOR, Document, Field, Operation},
    logic::score::score,
    logic::site_map::ERRORS,
};
use shared::{
    docs::{GUIDES, operation_path},
    error::ErrorCode,
};
use std::sync::Arc;

/// Maximum number of results.
const MOST: usize = 12;

/// The kind of a search result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Guide,
    Operation,
    /// A section of a guide.
    Section,
    Error,
    /// A field or parameter of an operation.
    Field,
}

/// An entry of the search index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub kind: Kind,
    pub title: String,
    /// Parent page, route, summary or description, shown beside the title.
    pub context: String,
    /// Remaining text of the page. Only searched if title and context don't match.
    text: String,
    /// URL path, with an anchor if the result is a part of a page.
    pub path: String,
}

/// Builds the search index.
pub fn index(documents: &[Arc<Document>], guides: &[Guide]) -> Vec<Item> {
    let mut items = Vec::new();
    for entry in &GUIDES {
        let guide = guides.iter().find(|guide| guide.slug == entry.slug);
        let context = guide.map_or(String::new(), |guide| guide.description.clone());
        items.push(Item {
            kind: Kind::Guide,
            title: entry.label.to_owned(),
            context,
            text: guide.map_or(String::new(), Guide::text),
            path: entry.path(),
        });
        // Every guide has this section.
        let headings = guide.into_iter().flat_map(Guide::headings);
        let headings = headings.filter(|heading| heading.id != "related-documentation");
        items.extend(headings.map(|heading| Item {
            kind: Kind::Section,
            title: heading.text.clone(),
            context: entry.label.to_owned(),
            text: String::new(),
            path: format!("{}#{}", entry.path(), heading.id),
        }));
    }
    for document in documents {
        for operation in &document.operations {
            add_operation(&mut items, document, operation);
        }
    }
    items.extend(ErrorCode::ALL.iter().map(|code| Item {
        kind: Kind::Error,
        title: code.as_str().to_owned(),
        context: format!("{} {}", code.status(), code.title()),
        text: format!("{} {}", code.message(), code.remedy()),
        path: format!("{ERRORS}#{code}"),
    }));
    items
}

fn add_operation(items: &mut Vec<Item>, document: &Document, operation: &Operation) {
    let path = operation_path(&operation.group, &operation.id);
    items.push(Item {
        kind: Kind::Operation,
        title: operation.summary.clone(),
        context: format!("{} {}", operation.method, operation.path),
        text: format!(
            "{} {}",
            operation.description,
            operation.scopes.names().collect::<Vec<_>>().join(" ")
        ),
        path: path.clone(),
    });
    let parameters = operation.parameters.iter();
    let parameters = parameters.map(|it| (it.name.clone(), it.place.anchor(), it.name.clone()));
    let mut names: Vec<_> = parameters.collect();
    if let Some(media) = operation.json_body() {
        for field in document.fields(&media.schema) {
            add_names(&mut names, &field, "", &field.name);
        }
    }
    items.extend(names.into_iter().map(|(title, part, row)| Item {
        kind: Kind::Field,
        title,
        context: format!(
            "{} · {} {}",
            operation.summary, operation.method, operation.path
        ),
        text: String::new(),
        path: format!("{path}#{part}-{row}"),
    }));
}

/// Adds a field and its nested fields. Those are collapsed, so they link to the outermost `row`.
fn add_names(
    names: &mut Vec<(String, &'static str, String)>,
    field: &Field,
    before: &str,
    row: &str,
) {
    let name = format!("{before}{}", field.name);
    for child in &field.children {
        add_names(names, child, &format!("{name}."), row);
    }
    names.push((name, BODY_ANCHOR, row.to_owned()));
}

/// Returns the best matches for `query`, best first.
pub fn find(items: &[Item], query: &str) -> Vec<Item> {
    if query.trim().is_empty() {
        return Vec::new();
    }
    let mut found: Vec<_> = items
        .iter()
        .filter_map(|item| Some((fit(item, query)?, item)))
        .collect();
    found.sort_by_key(|(fit, item)| (std::cmp::Reverse(*fit), item.kind));
    found.truncate(MOST);
    found.into_iter().map(|(_, item)| item.clone()).collect()
}

/// Scores an item. A title match counts more than a context match, and an exact title comes first.
fn fit(item: &Item, query: &str) -> Option<u32> {
    if item.title.eq_ignore_ascii_case(query.trim()) {
        return Some(1000);
    }
    let in_title = score(query, &item.title).map(|score| score * 4);
    let anywhere = score(query, &format!("{} {}", item.title, item.context));
    // There are many fields and sections: only match their own names.
    let anywhere = anywhere.filter(|_| !matches!(item.kind, Kind::Field | Kind::Section));
    let in_text = || {
        let all = format!("{} {} {}", item.title, item.context, item.text);
        (!item.text.is_empty())
            .then(|| score(query, &all))
            .flatten()
    };
    // A match in the name ranks above a match in the text.
    in_title.max(anywhere).map(|fit| fit + 100).or_else(in_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<Item> {
        let text = include_str!("../../../../docs/openapi.json");
        let document = Document::read(serde_json::from_str(text).unwrap()).unwrap();
        let guides: Vec<Guide> = serde_json::from_value(serde_json::json!([{
            "slug": "authentication", "title": "Authentication", "description": "Keys.",
            "blocks": [{ "kind": "heading", "level": 2, "id": "rotation", "text": "Rotation" },
                { "kind": "prose", "html": "<p>To <em>send</em> bulk mail, ask.</p>" }]
        }]))
        .unwrap();
        index(&[document.into()], &guides)
    }

    fn first(query: &str) -> (Kind, String) {
        let found = find(&items(), query);
        let first = found
            .first()
            .unwrap_or_else(|| panic!("{query} is not found"));
        (
            first.kind,
            first.path.rsplit('/').next().unwrap().to_owned(),
        )
    }

    #[test]
    fn titles_paths_fields_and_codes_are_found() {
        assert_eq!(
            first("authentication"),
            (Kind::Guide, "authentication".into())
        );
        assert_eq!(
            first("rotation"),
            (Kind::Section, "authentication#rotation".into())
        );
        assert_eq!(
            first("send an email"),
            (Kind::Operation, "send_email".into())
        );
        assert_eq!(
            first("/v1/emails/send"),
            (Kind::Operation, "send_email".into())
        );
        assert_eq!(
            first("track_opens"),
            (Kind::Field, "send_email#body-track_opens".into())
        );
        assert_eq!(
            first("Idempotency-Key"),
            (
                Kind::Field,
                "send_email#header-parameters-Idempotency-Key".into()
            )
        );
        assert_eq!(
            first("key_in_query"),
            (Kind::Error, "errors#key_in_query".into())
        );
    }

    #[test]
    fn what_is_only_spoken_of_is_found_too() {
        assert_eq!(
            first("how do I send bulk mail"),
            (Kind::Guide, "authentication".into())
        );
        assert_eq!(
            first("contacts:delete"),
            (Kind::Operation, "delete_contact".into())
        );
    }

    #[test]
    fn nothing_is_found_by_nothing() {
        assert_eq!(find(&items(), "  "), []);
        assert_eq!(find(&items(), "zzzzzz"), []);
        assert!(find(&items(), "e").len() <= MOST);
    }
}
