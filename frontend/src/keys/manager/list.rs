//! The key list in all its states: loading, failed, empty or loaded.

use crate::keys::manager::{filters::UrlFilters, key_list::KeyList};
use crate::{
    keys::{
        api_key_card::APIKeyCard,
        creation::KeyCreation,
        dialogs::KeyDialogs,
        logic::{presets::Preset, query::KeyQuery},
    },
    state::query::Stage,
    ui::{
        button::{Button, ButtonSize, ButtonVariant},
        icon::{Icon, IconKind},
        query_view::QueryProblem,
        skeletons::CardSkeletons,
    },
};
use leptos::prelude::*;
use shared::number::{counted, grouped};
use shared::{ids::KeyId, key::KeyView};

/// State of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Loading,
    Failed,
    Empty,
    NoMatch,
    Rows,
}

/// Cards for all matching keys.
#[component]
pub fn List(
    keys: KeyList,
    /// Explain an empty list, and can be cleared.
    filters: UrlFilters,
    /// Opened for actions on a key.
    dialogs: KeyDialogs,
) -> impl IntoView {
    let shown = Memo::new(
        move |_| match keys.page.with(|_, page| page.data.is_empty()) {
            None if keys.page.stage() == Stage::Failed => Shown::Failed,
            None => Shown::Loading,
            Some(false) => Shown::Rows,
            Some(true) if filters.query.with(KeyQuery::is_filtered) => Shown::NoMatch,
            Some(true) => Shown::Empty,
        },
    );
    move || match shown.get() {
        Shown::Loading => view! { <CardSkeletons /> }.into_any(),
        Shown::Failed => view! { <QueryProblem query=keys.page /> }.into_any(),
        Shown::Empty => view! { <Empty /> }.into_any(),
        Shown::NoMatch => view! { <NoMatch filters /> }.into_any(),
        Shown::Rows => view! { <Rows keys filters dialogs /> }.into_any(),
    }
}

#[component]
fn Rows(keys: KeyList, filters: UrlFilters, dialogs: KeyDialogs) -> impl IntoView {
    // Only tracks the set and order of the cards. Each card tracks its key, so it stays mounted and
    // expanded when a count changes.
    let ids = Memo::new(move |_| {
        let rows = keys.keys().unwrap_or_default();
        rows.into_iter().map(|key| key.id).collect::<Vec<_>>()
    });
    let card = move |id: KeyId| {
        let first = keys.key(&id);
        first.map(|first| {
            let key = Memo::new(move |last: Option<&KeyView>| {
                keys.key(&id)
                    .or_else(|| last.cloned())
                    .unwrap_or_else(|| first.clone())
            });
            let is_target = filters.key.with_untracked(Option::is_some);
            let on_action = move |(action, key)| dialogs.open(action, key);
            view! { <APIKeyCard key on_action is_target /> }
        })
    };
    view! {
        <div class="key-list" aria-busy=move || keys.page.is_busy().to_string()>
            <For each=move || ids.get() key=Clone::clone children=card />
        </div>
        <Show when=move || keys.has_more()>
            <div class="key-list__more">
                <p class="is-muted" role="status">
                    {move || progress(keys)}
                </p>
                <Button
                    disabled=Signal::derive(move || keys.page.is_busy())
                    on_click=move || keys.load_more()
                >
                    "Load more"
                </Button>
            </div>
        </Show>
    }
}

/// Formats the progress: `20 of 57 keys`.
fn progress(keys: KeyList) -> String {
    let shown = keys.keys().map_or(0, |keys| keys.len() as u64);
    let total = keys.total().get().unwrap_or(shown);
    format!("{} of {}", grouped(shown), counted(total, "key"))
}

#[component]
fn Empty() -> impl IntoView {
    let creation = KeyCreation::expect();
    let chip = move |preset: Preset| {
        view! {
            <Button size=ButtonSize::Small on_click=move || creation.begin_with(preset)>
                {preset.label()}
            </Button>
        }
    };
    view! {
        <div class="empty">
            <span class="empty__icon">
                <Icon kind=IconKind::Key />
            </span>
            <h2 class="empty__title">"No API keys yet"</h2>
            <p class="is-secondary">
                "Create a key to make your first API call. A test key sends no real emails."
            </p>
            <Button
                variant=ButtonVariant::Primary
                icon=IconKind::Plus
                on_click=move || creation.begin()
            >
                "Create your first key"
            </Button>
            <div class="empty__more" role="group" aria-labelledby="templates">
                <span class="is-secondary" id="templates">
                    "or begin with"
                </span>
                {Preset::TEMPLATES.map(chip).collect_view()}
            </div>
        </div>
    }
}

#[component]
fn NoMatch(filters: UrlFilters) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty__icon">
                <Icon kind=IconKind::Search />
            </span>
            <h2 class="empty__title">"No keys match"</h2>
            <p class="is-secondary">"Try another name or ID, or look at all keys."</p>
            <Button on_click=move || filters.clear()>
                "Clear filters"
            </Button>
        </div>
    }
}
