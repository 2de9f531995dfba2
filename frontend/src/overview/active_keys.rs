//! Active keys on the overview page.

use crate::{
    api,
    keys::{
        api_key_card::CompactKeyRow,
        creation::KeyCreation,
        dialogs::RevokeDialog,
        logic::query::{KeyQuery, KeySort, SortOrder},
    },
    logic::site_map::KEYS,
    state::{live::Live, query::Query},
    ui::{
        button::{Button, ButtonSize},
        icon::IconKind,
        panel::Panel,
        query_view::QueryView,
    },
};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::{
    key::{KeyStatus, KeyView},
    page::Page,
};

/// Number of keys shown; the key management page has the rest.
const SHOWN: u32 = 5;

/// Table of active keys, newest first.
#[component]
pub fn ActiveKeys() -> impl IntoView {
    let (live, creation) = (Live::expect(), KeyCreation::expect());
    let revoking = RwSignal::new(None::<KeyView>);
    let keys = Query::new(async || {
        let query = KeyQuery {
            search: String::new(),
            status: Some(KeyStatus::Active),
            sort: KeySort::Created,
            order: SortOrder::Descending,
        };
        api::keys::list(&query, SHOWN).await
    })
    .refreshed_on(move || live.keys_version());
    view! {
        <Panel
            id="active-keys"
            title="Active API Keys"
            class="overview__wide"
            actions=move || {
                view! {
                    <Button
                        size=ButtonSize::Small
                        icon=IconKind::Plus
                        label="+ Create New Key"
                        on_click=move || creation.begin()
                    >
                        "Create New Key"
                    </Button>
                }
            }
        >
            <QueryView
                query=keys
                skeleton=|| {
                    view! {
                        <div class="panel__body">
                            {(0..SHOWN)
                                .map(|_| view! { <div class="skeleton skeleton--row"></div> })
                                .collect_view()}
                        </div>
                    }
                }
                children=move |page| {
                    let is_empty = Memo::new(move |_| page.with(|page| page.data.is_empty()));
                    view! {
                        <Show
                            when=move || !is_empty.get()
                            fallback=|| {
                                view! {
                                    <p class="panel__empty">
                                        "No active keys. A key lets your application call the API."
                                    </p>
                                }
                            }
                        >
                            <Rows page revoking />
                        </Show>
                    }
                }
            />
            <footer class="panel__foot">
                <A href=KEYS>"Manage All Keys →"</A>
                {move || {
                    keys.data()
                        .filter(|page| page.total > u64::from(SHOWN))
                        .map(|page| {
                            view! {
                                <span class="is-muted">
                                    {format!("{} of {} active keys", page.data.len(), page.total)}
                                </span>
                            }
                        })
                }}
            </footer>
            <RevokeDialog target=revoking />
        </Panel>
    }
}

#[component]
fn Rows(page: Signal<Page<KeyView>>, revoking: RwSignal<Option<KeyView>>) -> impl IntoView {
    // Rows are keyed by ID, so that a row keeps the focus when its key's counters change.
    let row = move |first: KeyView| {
        let id = first.id.clone();
        let key = Memo::new(move |_| {
            page.with(|page| page.data.iter().find(|key| key.id == id).cloned())
                .unwrap_or_else(|| first.clone())
        });
        view! { <CompactKeyRow key on_revoke=move |key| revoking.set(Some(key)) /> }
    };
    view! {
        <table class="key-table">
            <caption class="visually-hidden">"Active API keys, the newest first"</caption>
            <thead>
                <tr>
                    {["Name", "Key", "Created", "Last Used"]
                        .map(|name| view! { <th scope="col">{name}</th> })
                        .collect_view()} <th scope="col" class="key-row__actions">
                        "Actions"
                    </th>
                </tr>
            </thead>
            <tbody>
                <For each=move || page.get().data key=|key| key.id.clone() children=row />
            </tbody>
        </table>
    }
}
