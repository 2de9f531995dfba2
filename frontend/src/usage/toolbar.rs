//! Filters of the page: range, environment, key and request ID.

use crate::usage::{custom_range::CustomRange, request_lookup::RequestLookup, url::UsageUrl};
use crate::{
    api,
    keys::logic::query::{KeyQuery, KeySort, SortOrder},
    state::query::Query,
    usage::logic::query::{RANGES, label},
};
use leptos::prelude::*;
use shared::{
    ids::KeyId,
    key::{Environment, KeyStatus, KeyView},
    page::Page,
    usage::UsageRange,
};

/// Maximum number of keys in the filter.
const KEYS: u32 = 200;

/// Fetches the keys of the filter, including revoked and expired ones.
pub fn fetch_keys() -> Query<Page<KeyView>> {
    Query::new(async || {
        let query = KeyQuery {
            search: String::new(),
            status: None,
            sort: KeySort::Name,
            order: SortOrder::Ascending,
        };
        api::keys::list(&query, KEYS).await
    })
}

/// Returns the status of a key, or of its newest replacement; `None` if it is not in `keys`.
pub fn status_of(id: &KeyId, keys: &[KeyView]) -> Option<KeyStatus> {
    let lineage = &keys.iter().find(|key| key.id == *id)?.lineage_id;
    let mut newest = newest_of_each_lineage(keys).into_iter();
    Some(newest.find(|key| key.lineage_id == *lineage)?.status)
}

#[component]
pub fn Toolbar(
    url: UsageUrl,
    /// Options of the key filter.
    keys: Query<Page<KeyView>>,
) -> impl IntoView {
    let range = Memo::new(move |_| url.query.with(|query| query.range));
    // Opens on the first click, before a range is set.
    let is_custom = RwSignal::new(range.get_untracked() == UsageRange::Custom);
    Effect::new(move || is_custom.set(range.get() == UsageRange::Custom));
    let is_pressed = move |choice| match (choice, is_custom.get()) {
        (UsageRange::Custom, is_custom) => is_custom,
        (_, true) => false,
        (choice, false) => range.get() == choice,
    };
    let choose = move |choice| {
        is_custom.set(choice == UsageRange::Custom);
        if choice != UsageRange::Custom {
            url.choose_range(choice);
        }
    };
    let button = move |choice: UsageRange| {
        view! {
            <button
                type="button"
                class="segmented__item"
                aria-pressed=move || is_pressed(choice).to_string()
                on:click=move |_| choose(choice)
            >
                {label(choice)}
            </button>
        }
    };
    view! {
        <div class="usage-bar">
            <div class="segmented segmented--text" role="group" aria-label="Time range">
                {RANGES.map(button).collect_view()}
            </div>
            <EnvironmentFilter url />
            // On a separate line if space is short.
            <div class="usage-bar__find">
                <KeyFilter url keys />
                <RequestLookup url />
            </div>
        </div>
        <Show when=move || is_custom.get()>
            <CustomRange url />
        </Show>
    }
}

/// Switch between live and test keys. Rate limits are per environment, so the page shows one.
#[component]
fn EnvironmentFilter(url: UsageUrl) -> impl IntoView {
    let button = move |choice: Environment| {
        view! {
            <button
                type="button"
                class="segmented__item"
                aria-pressed=move || (url.environment.get() == choice).to_string()
                on:click=move |_| url.choose_environment(choice)
            >
                {choice.label()}
            </button>
        }
    };
    view! {
        <div class="segmented segmented--text" role="group" aria-label="Environment">
            {Environment::ALL.map(button).collect_view()}
        </div>
    }
}

/// Filter for one key of the environment. A key and its rotated predecessors are one entry, named
/// after the newest.
#[component]
fn KeyFilter(url: UsageUrl, keys: Query<Page<KeyView>>) -> impl IntoView {
    let chosen = Memo::new(move |_| url.query.with(|query| query.key.clone()));
    // `prop:selected`, because the attribute has no effect on a previously selected option.
    let options = move || {
        let all = keys.data().map(|page| page.data).unwrap_or_default();
        let chosen = chosen.get();
        let lineage = |id: &KeyId| {
            all.iter()
                .find(|key| key.id == *id)
                .map(|key| &key.lineage_id)
        };
        let chosen_lineage = chosen.as_ref().and_then(lineage);
        let is_chosen = |key: &KeyView| chosen_lineage == Some(&key.lineage_id);
        let unknown = chosen.as_ref().filter(|_| chosen_lineage.is_none());
        let unknown = unknown.map(|id| {
            view! {
                <option value=id.to_string() prop:selected=true>
                    {id.to_string()}
                </option>
            }
        });
        let environment = url.environment.get();
        let offered = newest_of_each_lineage(&all)
            .into_iter()
            .filter(|key| key.environment == environment || is_chosen(key));
        let known = offered.map(|key| {
            view! {
                <option value=key.id.to_string() prop:selected=is_chosen(key)>
                    {option_text(key)}
                </option>
            }
        });
        view! {
            <option value="" prop:selected=chosen.is_none()>
                {format!("All {} keys", environment.label().to_lowercase())}
            </option>
            {unknown}
            {known.collect_view()}
        }
    };
    let choose = move |event| {
        url.choose_key(KeyId::try_from(event_target_value(&event)).ok());
    };
    view! {
        <label class="filters__select usage-bar__key">
            <span class="visually-hidden">"API key"</span>
            <select class="input" on:change=choose>
                {options}
            </select>
        </label>
    }
}

fn newest_of_each_lineage(keys: &[KeyView]) -> Vec<&KeyView> {
    let is_newest = |key: &&KeyView| {
        let mut others = keys
            .iter()
            .filter(|other| other.lineage_id == key.lineage_id);
        others.all(|other| other.created_at <= key.created_at)
    };
    keys.iter().filter(is_newest).collect()
}

fn option_text(key: &KeyView) -> String {
    match key.status {
        KeyStatus::Active => key.name.clone(),
        status => format!("{} ({})", key.name, status.label().to_lowercase()),
    }
}
