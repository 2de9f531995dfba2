//! The search field above the documentation.

use crate::{
    docs::{logic::search::find, state::Docs},
    ui::selection::step_selection,
    ui::{
        icon::{Icon, IconKind},
        unique_id::unique_id,
    },
};
use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::reference::{SearchItem, SearchKind};

/// Finds pages by title, path, field and error code.
#[component]
pub fn DocsSearch(
    /// Path of the current page. The search closes when it changes.
    path: Memo<String>,
) -> impl IntoView {
    let docs = Docs::expect();
    let navigate = StoredValue::new_local(use_navigate());
    let field = NodeRef::<html::Input>::new();
    let query = RwSignal::new(String::new());
    let selected = RwSignal::new(0_usize);
    let list_id = StoredValue::new(unique_id("docs-search"));
    let found = Memo::new(move |_| {
        let query = query.get();
        find(&docs.search_items(), &query)
    });
    let is_open = Memo::new(move |_| query.with(|query| !query.trim().is_empty()));
    let close = move || {
        query.set(String::new());
        selected.set(0);
    };
    Effect::new(move || {
        path.track();
        close();
    });
    let go = move |index: usize| {
        let item = found.with_untracked(|found| found.get(index).cloned());
        if let Some(item) = item {
            close();
            if let Some(field) = field.get_untracked() {
                field.blur().ok();
            }
            navigate.with_value(|navigate| navigate(&item.path, NavigateOptions::default()));
        }
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "Enter" if !event.is_composing() => {
                event.prevent_default();
                go(selected.get_untracked());
                return;
            }
            "Escape" => {
                close();
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let length = found.with_untracked(Vec::len);
        selected.set(step_selection(selected.get_untracked(), step, length));
    };
    view! {
        <div class="docs-search" role="search" class:is-open=is_open>
            <Icon kind=IconKind::Search />
            <input
                node_ref=field
                class="input docs-search__input"
                type="search"
                role="combobox"
                aria-label="Search the documentation"
                aria-autocomplete="list"
                aria-expanded=move || is_open.get().to_string()
                aria-controls=list_id.get_value()
                aria-activedescendant=move || {
                    (is_open.get() && found.with(|found| !found.is_empty()))
                        .then(|| option_id(list_id, selected.get()))
                }
                placeholder="Search guides, endpoints, fields, error codes"
                autocomplete="off"
                spellcheck="false"
                maxlength="100"
                prop:value=query
                on:input=move |event| {
                    selected.set(0);
                    query.set(event_target_value(&event));
                }
                on:focus=move |_| docs.load_search()
                on:keydown=on_keydown
                on:blur=move |_| set_timeout(close, std::time::Duration::from_millis(150))
            />
            <kbd class="kbd docs-search__key" aria-hidden="true">"/"</kbd>
            <Results found is_open selected list_id on_choose=go />
        </div>
    }
}

/// The results and their number.
#[component]
fn Results(
    found: Memo<Vec<SearchItem>>,
    is_open: Memo<bool>,
    selected: RwSignal<usize>,
    list_id: StoredValue<String>,
    /// Called with the index of the selected result.
    #[prop(into)]
    on_choose: Callback<usize>,
) -> impl IntoView {
    let line = move |(index, item): (usize, SearchItem)| {
        view! {
            <Line
                item
                id=option_id(list_id, index)
                selected=Signal::derive(move || selected.get() == index)
                on_choose=move || on_choose.run(index)
            />
        }
    };
    let status = move || match found.with(Vec::len) {
        0 => "Nothing found.".to_owned(),
        1 => "1 result".to_owned(),
        count => format!("{count} results"),
    };
    let is_quiet = move || !is_open.get() || found.with(|found| !found.is_empty());
    view! {
        <ul
            class="docs-search__list"
            role="listbox"
            id=list_id.get_value()
            aria-label="Results"
            hidden=move || !is_open.get()
        >
            {move || found.get().into_iter().enumerate().map(line).collect_view()}
        </ul>
        <p class="docs-search__status" role="status" class:visually-hidden=is_quiet>
            {move || is_open.get().then(status)}
        </p>
    }
}

fn option_id(list_id: StoredValue<String>, index: usize) -> String {
    format!("{}-{index}", list_id.get_value())
}

#[component]
fn Line(
    item: SearchItem,
    id: String,
    selected: Signal<bool>,
    #[prop(into)] on_choose: Callback<()>,
) -> impl IntoView {
    let (icon, kind) = match item.kind {
        SearchKind::Guide => (IconKind::Book, "Guide"),
        SearchKind::Section => (IconKind::Book, "Section"),
        SearchKind::Operation => (IconKind::Send, "Endpoint"),
        SearchKind::Field => (IconKind::Plus, "Field"),
        SearchKind::Error => (IconKind::CircleAlert, "Error code"),
    };
    view! {
        <li
            class="docs-search__line"
            role="option"
            id=id
            aria-selected=move || selected.get().to_string()
            // Runs before the field loses focus, which would close the list.
            on:pointerdown=move |event: ev::PointerEvent| event.prevent_default()
            on:click=move |_| on_choose.run(())
        >
            <Icon kind=icon />
            <span class="docs-search__title">{item.title}</span>
            <span class="docs-search__context">{item.context}</span>
            <span class="docs-search__kind">{kind}</span>
        </li>
    }
}
