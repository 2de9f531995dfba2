use crate::{
    logic::site_map::parents,
    state::title::PageTitle,
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

/// Links from the top level down to the current page.
#[component]
pub fn Breadcrumbs() -> impl IntoView {
    let title = PageTitle::expect();
    let location = use_location();
    let parents = Memo::new(move |_| {
        location
            .pathname
            .with(|path| parents(path.trim_end_matches('/')))
    });
    let parent = |(label, path): (&'static str, Option<&'static str>)| {
        view! {
            <li class="breadcrumbs__parent">
                {match path {
                    Some(path) => view! { <A href=path exact=true>{label}</A> }.into_any(),
                    None => view! { <span>{label}</span> }.into_any(),
                }}
                <Icon kind=IconKind::ChevronRight />
            </li>
        }
    };
    view! {
        <nav class="breadcrumbs" aria-label="Breadcrumb">
            <ol role="list">
                {move || parents.get().into_iter().map(parent).collect_view()}
                <li aria-current="page">{move || title.get()}</li>
            </ol>
        </nav>
    }
}
