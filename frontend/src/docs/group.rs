//! The overview of a group of operations.

use crate::docs::{guide_skeleton::GuideSkeleton, landing::OperationList};
use crate::{
    docs::state::Docs,
    pages::not_found::NotFound,
    state::title::set_title,
    ui::{query_view::QueryView, related::Related, sentence::Sentence},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::docs::{DOCS, guide_path};

/// The group named by the URL.
#[component]
pub fn EndpointGroup() -> impl IntoView {
    let docs = Docs::expect();
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("group").unwrap_or_default()));
    view! {
        <QueryView
            query=docs.index
            skeleton=GuideSkeleton
            children=move |index| {
                let group = Memo::new(move |_| {
                    let slug = slug.get();
                    index
                        .with(|index| {
                            let documents = index.documents.iter();
                            let mut groups = documents.flat_map(|document| &document.groups);
                            groups.find(|(name, _)| name.to_lowercase() == slug).cloned()
                        })
                });
                view! {
                    {move || match group.get() {
                        Some((name, description)) => {
                            view! { <GroupView name description /> }.into_any()
                        }
                        None => view! { <NotFound /> }.into_any(),
                    }}
                }
            }
        />
    }
}

#[component]
fn GroupView(name: String, description: String) -> impl IntoView {
    let docs = Docs::expect();
    set_title(name.clone());
    view! {
        <header class="docs-hero">
            <h1 class="docs-hero__title">{name.clone()}</h1>
            <p class="docs-hero__lead">
                <Sentence text=description />
            </p>
        </header>
        <div class="card docs-group">
            <OperationList name operations=untrack(|| docs.operations()) />
        </div>
        <Related links=vec![
            ("Full API Reference", DOCS.into()),
            ("Authentication Guide", guide_path("authentication")),
            ("Error Handling", guide_path("error-handling")),
        ] />
    }
}
