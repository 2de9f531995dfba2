//! The bar above every page of the documentation: search, and which document this is.

use super::search::DocsSearch;
use crate::{
    components::icon::{Icon, IconKind},
    state::docs::{Docs, Reference},
};
use leptos::prelude::*;

/// Search, version, hash, date and downloads.
#[component]
pub fn DocsHead(
    /// The address of the page below it.
    path: Memo<String>,
) -> impl IntoView {
    let docs = Docs::expect();
    view! {
        <div class="docs-head">
            <DocsSearch path />
            <div class="docs-head__about" role="group" aria-label="This documentation">
                {move || {
                    docs.reference.data().map(|reference| view! { <About reference /> })
                }}
                <a class="docs-head__download" href="/openapi.json" download="openapi.json" rel="external">
                    <Icon kind=IconKind::Download />
                    "OpenAPI JSON"
                </a>
                <a class="docs-head__download" href="/openapi.yaml" download="openapi.yaml" rel="external">
                    <Icon kind=IconKind::Download />
                    "YAML"
                </a>
            </div>
        </div>
    }
}

#[component]
fn About(reference: Reference) -> impl IntoView {
    let date = day(&reference.changed).to_owned();
    view! {
        <span class="badge badge--outline">{format!("API {}", reference.document.version)}</span>
        <span class="docs-head__hash" title="The hash of the OpenAPI document that these pages are drawn from">
            "Document " <code class="code">{reference.hash}</code>
        </span>
        {(!date.is_empty()).then(|| view! { <span title="The last change of the API">{date}</span> })}
    }
}

/// The day of a moment as HTTP writes it: `25 Nov 2025` of `Tue, 25 Nov 2025 00:00:00 GMT`.
fn day(moment: &str) -> &str {
    let day = moment.split_once(", ").map_or("", |(_, day)| day);
    day.get(..11).unwrap_or_default()
}
