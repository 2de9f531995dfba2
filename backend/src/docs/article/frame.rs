//! The dashboard's frame around an article, in the page that the server sends. It has the layout
//! of the dashboard, so that nothing moves when the program takes over.

use crate::docs::Data;
use maud::{Markup, PreEscaped, html};
use shared::{
    docs::{
        DOCS, MANAGEMENT, group_path,
        navigation::{Entry, Part, neighbours, sidebar},
    },
    reference::Article,
};

/// Renders the content of the page's `<title>`, as the dashboard sets it.
pub fn title(article: &Article) -> String {
    html! { (article.title) " · PenguinMails" }.into_string()
}

/// Renders the frame around `article`, whose page has this path.
pub fn frame(data: &Data, article: &Article, path: &str) -> String {
    let operations = data.operations().iter();
    let operations: Vec<_> = operations
        .map(|operation| operation.listed.clone())
        .collect();
    let parts = sidebar(&operations);
    let markup = html! {
        div.served-page id="served-page" {
            div.shell.has-sidebar {
                aside.sidebar aria-hidden="true" {}
                div.shell__column {
                    header.topbar { (breadcrumbs(&article.title)) }
                    main.shell__main {
                        div.docs {
                            (head(data, path))
                            (navigation(&parts, path))
                            div.docs__page {
                                div.article { (PreEscaped(&article.html)) }
                                (links_to_neighbours(&parts, path))
                            }
                        }
                    }
                }
            }
        }
    };
    markup.into_string()
}

fn breadcrumbs(title: &str) -> Markup {
    html! {
        nav.breadcrumbs aria-label="Breadcrumb" {
            ol role="list" {
                li.breadcrumbs__parent { a href=(DOCS) { "Documentation" } }
                li aria-current="page" { (title) }
            }
        }
    }
}

/// Renders the bar above the article. The search field works once the program is loaded.
fn head(data: &Data, path: &str) -> Markup {
    let is_management = path.starts_with(&group_path(MANAGEMENT));
    let index = data.index();
    let document = index.documents.get(usize::from(is_management));
    let file = if is_management {
        "openapi-management.json"
    } else {
        "openapi.json"
    };
    html! {
        div.docs-head {
            div.docs-search {
                input.input.docs-search__input type="search" disabled aria-label="Search the documentation"
                    placeholder="Search guides, endpoints, fields, error codes";
            }
            div.docs-head__about role="group" aria-label="This documentation" {
                @if let Some(document) = document {
                    span.badge.badge--outline { "API " (document.version) }
                    span.docs-head__hash { "Document " code.code { (document.hash) } }
                }
                @if let Some(changed) = index.changed { span { (changed.format("%d %b %Y")) } }
                a.docs-head__download href={ "/" (file) } download=(file) { "OpenAPI JSON" }
                @if !is_management {
                    a.docs-head__download href="/openapi.yaml" download="openapi.yaml" { "YAML" }
                }
            }
        }
    }
}

fn navigation(parts: &[Part], path: &str) -> Markup {
    html! {
        nav.docs-nav aria-label="Documentation" {
            p.docs-nav__toggle { span { (current_label(parts, path)) } }
            div.docs-nav__list {
                @for part in parts {
                    div.docs-nav__part {
                        @if !part.title.is_empty() { p.docs-nav__heading { (part.title) } }
                        ul role="list" {
                            @for entry in &part.entries {
                                li {
                                    (link(entry, path))
                                    @if entry.contains(path) && !entry.children.is_empty() {
                                        ul.docs-nav__children role="list" {
                                            @for child in &entry.children { li { (link(child, path)) } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Returns the title of the page in the sidebar.
fn current_label<'a>(parts: &'a [Part], path: &str) -> &'a str {
    let entries = parts.iter().flat_map(|part| &part.entries);
    let mut all = entries.flat_map(|entry| std::iter::once(entry).chain(&entry.children));
    let current = all.find(|entry| entry.path == path);
    current.map_or("Documentation", |entry| &entry.label)
}

fn link(entry: &Entry, path: &str) -> Markup {
    html! {
        a.docs-nav__link href=(entry.path) aria-current=[(entry.path == path).then_some("page")] {
            span.docs-nav__label { (entry.label) }
            @if let Some(method) = &entry.method {
                span class={ "method method--plain method--" (method.to_lowercase()) } { (method) }
            }
        }
    }
}

fn links_to_neighbours(parts: &[Part], path: &str) -> Markup {
    let (previous, next) = neighbours(parts, path);
    html! {
        nav.neighbours aria-label="Previous and next page" {
            @if let Some(entry) = previous {
                a.neighbour href=(entry.path) rel="prev" {
                    span.neighbour__direction { "Previous" }
                    span.neighbour__label { (entry.label) }
                }
            }
            @if let Some(entry) = next {
                a.neighbour.neighbour--next href=(entry.path) rel="next" {
                    span.neighbour__direction { "Next" }
                    span.neighbour__label { (entry.label) }
                }
            }
        }
    }
}
