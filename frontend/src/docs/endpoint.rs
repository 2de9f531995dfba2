//! The page of an operation: its article, with Try It Out in it.

use crate::{
    api,
    chunks::{TESTER, TesterView},
    docs::article::{ArticlePage, ArticlePart},
    state::query::Query,
    ui::query_view::QueryView,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::sync::Arc;

/// The operation named by the URL.
#[component]
pub fn Endpoint() -> impl IntoView {
    let part = ArticlePart {
        selector: "[data-try-it-out]",
        view: || view! { <Tester /> }.into_any(),
    };
    view! { <ArticlePage part /> }
}

/// Try It Out, once the operation is loaded.
#[component]
fn Tester() -> impl IntoView {
    let params = use_params_map();
    let id = params.with_untracked(|params| params.get("operation").unwrap_or_default());
    let operation = Query::new(async move || Ok(Arc::new(api::docs::get_operation(&id).await?)));
    view! {
        <QueryView
            query=operation
            skeleton=TesterSkeleton
            children=move |operation| {
                let operation = operation.get_untracked();
                TESTER.view(TesterView { operation }, TesterSkeleton)
            }
        />
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
