//! Where one is.

use crate::{
    components::icon::{Icon, IconKind},
    state::title::PageTitle,
};
use leptos::prelude::*;

/// The way from the top to the current page.
#[component]
pub fn Breadcrumbs() -> impl IntoView {
    let title = PageTitle::expect();
    let parent = |label: &'static str| {
        view! {
            <li class="breadcrumbs__parent">
                <span>{label}</span>
                <Icon kind=IconKind::ChevronRight />
            </li>
        }
    };
    view! {
        <nav class="breadcrumbs" aria-label="Breadcrumb">
            <ol role="list">
                {["Settings", "Developers"].map(parent).collect_view()}
                <li aria-current="page">{move || title.get()}</li>
            </ol>
        </nav>
    }
}
