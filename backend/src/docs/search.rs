//! The index of the documentation's search: pages, sections, fields and error codes.

use crate::docs::guides::{Block, Guide};
use shared::{
    docs::{GUIDES, operation_path},
    error::{CATALOGUE_PATH, ErrorCode},
    reference::{BODY_ANCHOR, Field, Operation, SearchItem, SearchKind},
};

/// Builds the index.
pub fn index<'a>(
    guides: &[Guide],
    operations: impl IntoIterator<Item = &'a Operation>,
) -> Vec<SearchItem> {
    let mut items = Vec::new();
    for entry in &GUIDES {
        if let Some(guide) = guides.iter().find(|guide| guide.slug == entry.slug) {
            add_guide(&mut items, guide, entry.label, &entry.path());
        }
    }
    for operation in operations {
        add_operation(&mut items, operation);
    }
    items.extend(ErrorCode::ALL.iter().map(|code| SearchItem {
        kind: SearchKind::Error,
        title: code.as_str().to_owned(),
        context: format!("{} {}", code.status(), code.title()),
        text: format!("{} {}", code.message(), code.remedy()),
        path: format!("{CATALOGUE_PATH}#{code}"),
    }));
    items
}

fn add_guide(items: &mut Vec<SearchItem>, guide: &Guide, label: &str, path: &str) {
    items.push(SearchItem {
        kind: SearchKind::Guide,
        title: label.to_owned(),
        context: guide.description.clone(),
        text: guide.blocks.iter().map(text).collect(),
        path: path.to_owned(),
    });
    // Every guide has this section.
    let headings = guide.headings();
    let headings = headings.filter(|heading| heading.id != "related-documentation");
    items.extend(headings.map(|heading| SearchItem {
        kind: SearchKind::Section,
        title: heading.text.clone(),
        context: label.to_owned(),
        text: String::new(),
        path: format!("{path}#{}", heading.id),
    }));
}

/// Returns the text of a block without tags; empty for code.
fn text(block: &Block) -> String {
    let (Block::Prose { html } | Block::Table { html }) = block else {
        return String::new();
    };
    // Not a sanitizer: the HTML is our own.
    let parts = html.split('<');
    let parts = parts.map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect::<Vec<_>>().join(" ")
}

fn add_operation(items: &mut Vec<SearchItem>, operation: &Operation) {
    let listed = &operation.listed;
    let path = operation_path(&listed.group, &listed.id);
    let scopes: Vec<_> = operation.scopes.names().collect();
    items.push(SearchItem {
        kind: SearchKind::Operation,
        title: listed.summary.clone(),
        context: format!("{} {}", listed.method, listed.path),
        text: format!("{} {}", operation.description, scopes.join(" ")),
        path: path.clone(),
    });
    let mut fields = Vec::new();
    for parameter in &operation.parameters {
        let name = &parameter.field.name;
        let anchor = parameter.location.anchor();
        fields.push((name.clone(), format!("{anchor}-{name}")));
    }
    let body = operation.body.as_ref();
    for field in body.into_iter().flat_map(|body| &body.media.schema.fields) {
        add_field(&mut fields, field, "");
    }
    items.extend(fields.into_iter().map(|(title, anchor)| SearchItem {
        kind: SearchKind::Field,
        title,
        context: format!("{} · {} {}", listed.summary, listed.method, listed.path),
        text: String::new(),
        path: format!("{path}#{anchor}"),
    }));
}

/// Adds a field and its nested fields, each with its anchor.
fn add_field(fields: &mut Vec<(String, String)>, field: &Field, before: &str) {
    let name = format!("{before}{}", field.name);
    for child in &field.schema.innermost().fields {
        add_field(fields, child, &format!("{name}."));
    }
    fields.push((name.clone(), format!("{BODY_ANCHOR}-{name}")));
}
