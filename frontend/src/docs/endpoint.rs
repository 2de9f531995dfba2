//! The page of an operation: its reference and Try It Out.

use crate::docs::{guide::GuideSkeleton, toc::follow_anchor};
use crate::{
    chunks::{TESTER, TesterView},
    docs::{
        endpoint_reference::EndpointReference,
        openapi::{Document, Operation},
        state::Docs,
    },
    pages::not_found::NotFound,
    state::title::set_title,
    ui::{related::Related, remote_view::RemoteView},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::docs::{DOCS, MANAGEMENT, guide_path};
use std::sync::Arc;

/// The operation named by the URL.
#[component]
pub fn Endpoint() -> impl IntoView {
    let docs = Docs::expect();
    let params = use_params_map();
    let named = Memo::new(move |_| {
        let of = |name: &str| params.with(|params| params.get(name).unwrap_or_default());
        (of("group"), of("operation"))
    });
    view! {
        <RemoteView
            remote=docs.reference
            skeleton=GuideSkeleton
            children=move |reference| {
                view! {
                    {move || {
                        let (group, id) = named.get();
                        let found = reference
                            .get()
                            .documents()
                            .into_iter()
                            .find_map(|document| {
                                let operation = document.find_operation(&group, &id)?.clone();
                                Some((document, operation))
                            });
                        match found {
                            Some((document, operation)) => {
                                view! { <EndpointView document operation=Arc::new(operation) /> }
                                    .into_any()
                            }
                            None => view! { <NotFound /> }.into_any(),
                        }
                    }}
                }
            }
        />
    }
}

#[component]
fn EndpointView(document: Arc<Document>, operation: Arc<Operation>) -> impl IntoView {
    set_title(operation.summary.clone());
    follow_anchor();
    // Playground tokens work for the public API only.
    let is_tried_here = operation.group != MANAGEMENT;
    view! {
        <article class="endpoint-page">
            <EndpointReference
                document=document.clone()
                operation=operation.clone()
                is_tried_here
            />
            {is_tried_here
                .then(|| TESTER.view(TesterView { document, operation }, TesterSkeleton))}
            <Related links=vec![
                ("Full API Reference", DOCS.into()),
                ("Authentication Guide", guide_path("authentication")),
                ("Rate Limiting", guide_path("rate-limiting")),
                ("Error Handling", guide_path("error-handling")),
            ] />
        </article>
    }
}

/// Placeholder with the anchor of Try It Out, so that links to it work while the page loads.
#[component]
fn TesterSkeleton() -> impl IntoView {
    view! {
        <section class="tester card" id="try-it-out">
            <header class="tester__head">
                <h2 class="panel__title">"Try It Out"</h2>
            </header>
            <div class="tester__form">
                <div class="skeleton skeleton--card"></div>
            </div>
        </section>
    }
}
