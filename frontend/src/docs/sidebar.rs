//! The documentation's navigation. On phones it collapses to one line.

use crate::ui::icon::{Icon, IconKind};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::docs::navigation::{Entry, Part};

/// All pages of the documentation, with the current one marked.
#[component]
pub fn DocsSidebar(
    parts: Memo<Vec<Part>>,
    /// Path of the current page.
    path: Memo<String>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let current = move || {
        let label = parts.with(|parts| {
            let entries = parts.iter().flat_map(|part| &part.entries);
            let mut all = entries.flat_map(|entry| std::iter::once(entry).chain(&entry.children));
            let here = all.find(|entry| path.with(|path| entry.path == *path));
            here.map(|entry| entry.label.clone())
        });
        label.unwrap_or_else(|| "Documentation".into())
    };
    view! {
        <nav class="docs-nav" class:is-open=open aria-label="Documentation">
            <button
                type="button"
                class="docs-nav__toggle"
                aria-expanded=move || open.get().to_string()
                aria-controls="docs-nav-list"
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <Icon kind=IconKind::Menu />
                <span>{current}</span>
                <Icon kind=IconKind::ChevronDown />
            </button>
            <div class="docs-nav__list" id="docs-nav-list">
                {move || {
                    parts
                        .get()
                        .into_iter()
                        .map(|part| view! { <NavPart part path open /> })
                        .collect_view()
                }}
            </div>
        </nav>
    }
}

#[component]
fn NavPart(part: Part, path: Memo<String>, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="docs-nav__part">
            {(!part.title.is_empty())
                .then(|| view! { <p class="docs-nav__heading">{part.title}</p> })}
            <ul role="list">
                {part
                    .entries
                    .into_iter()
                    .map(|entry| view! { <NavEntry entry path open /> })
                    .collect_view()}
            </ul>
        </div>
    }
}

#[component]
fn NavEntry(entry: Entry, path: Memo<String>, open: RwSignal<bool>) -> impl IntoView {
    let link = move |entry: &Entry| {
        let Entry {
            label,
            path,
            method,
            ..
        } = entry.clone();
        view! {
            <A
                href=path
                exact=true
                attr:class="docs-nav__link"
                on:click=move |_| open.set(false)
            >
                <span class="docs-nav__label">{label}</span>
                {method
                    .map(|method| {
                        let class = format!("method method--plain method--{}", method.to_lowercase());
                        view! { <span class=class>{method}</span> }
                    })}
            </A>
        }
    };
    let own = link(&entry);
    let has_children = !entry.children.is_empty();
    let is_open = Memo::new({
        let entry = entry.clone();
        move |_| has_children && path.with(|path| entry.contains(path))
    });
    let children = StoredValue::new(entry.children);
    view! {
        <li>
            {own}
            <Show when=move || is_open.get()>
                <ul class="docs-nav__children" role="list">
                    {children
                        .get_value()
                        .iter()
                        .map(|child| view! { <li>{link(child)}</li> })
                        .collect_view()}
                </ul>
            </Show>
        </li>
    }
}
