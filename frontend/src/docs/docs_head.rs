//! The bar above every documentation page: search, and the version of the current document.

use crate::docs::search::DocsSearch;
use crate::{
    docs::state::Docs,
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use shared::{
    docs::{MANAGEMENT, group_path},
    reference::DocsIndex,
};
use std::sync::Arc;

/// Search, version, hash, date and downloads.
#[component]
pub fn DocsHead(
    /// Path of the current page. It decides which document the bar describes.
    path: Memo<String>,
) -> impl IntoView {
    let docs = Docs::expect();
    let management = group_path(MANAGEMENT);
    let is_management = Memo::new(move |_| path.with(|path| path.starts_with(&management)));
    let json = move || {
        if is_management.get() {
            "openapi-management.json"
        } else {
            "openapi.json"
        }
    };
    view! {
        <div class="docs-head">
            <DocsSearch path />
            <div class="docs-head__about" role="group" aria-label="This documentation">
                {move || {
                    docs.index
                        .data()
                        .map(|index| view! { <About index is_management=is_management.get() /> })
                }}
                <a
                    class="docs-head__download"
                    href=move || format!("/{}", json())
                    download=json
                    rel="external"
                >
                    <Icon kind=IconKind::Download />
                    "OpenAPI JSON"
                </a>
                <Show when=move || !is_management.get()>
                    <a
                        class="docs-head__download"
                        href="/openapi.yaml"
                        download="openapi.yaml"
                        rel="external"
                    >
                        <Icon kind=IconKind::Download />
                        "YAML"
                    </a>
                </Show>
            </div>
        </div>
    }
}

#[component]
fn About(index: Arc<DocsIndex>, is_management: bool) -> impl IntoView {
    let document = index.documents.get(usize::from(is_management)).cloned()?;
    let changed = index
        .changed
        .map(|date| date.format("%d %b %Y").to_string());
    Some(view! {
        <span class="badge badge--outline">{format!("API {}", document.version)}</span>
        <span class="docs-head__hash" title="The hash of the OpenAPI document that these pages are drawn from">
            "Document " <code class="code">{document.hash}</code>
        </span>
        {changed.map(|date| view! { <span title="The last change of the API">{date}</span> })}
    })
}
