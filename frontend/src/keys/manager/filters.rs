//! The filter bar. Its state is in the page's URL, so views can be shared and the back button
//! works.

use crate::{
    keys::logic::{
        query::{KeyQuery, KeySort, STATUSES, SortOrder, parse_status, status_param},
        text::without_secret,
    },
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::query_signal_with_options};
use shared::number::counted;
use std::time::Duration;

/// Pause in typing before the list is searched.
const DEBOUNCE: Duration = Duration::from_millis(250);

type Setter = SignalSetter<Option<String>>;

/// Binds a query parameter of the URL. Changes replace the history entry.
pub fn param(name: &'static str) -> (Memo<Option<String>>, Setter) {
    let options = NavigateOptions {
        replace: true,
        scroll: false,
        ..NavigateOptions::default()
    };
    query_signal_with_options::<String>(name, options)
}

/// Filters that are stored in the URL.
#[derive(Clone, Copy)]
pub struct UrlFilters {
    /// The query that the parameters describe.
    pub query: Memo<KeyQuery>,
    /// Id of the key that the page is restricted to.
    pub key: Memo<Option<String>>,
    set_key: Setter,
    set_search: Setter,
    set_status: Setter,
    set_sort: Setter,
    set_order: Setter,
}

impl UrlFilters {
    /// Binds the filters to the URL.
    pub fn new() -> Self {
        let (key, set_key) = param("key");
        let (search, set_search) = param("search");
        let (status, set_status) = param("status");
        let (sort, set_sort) = param("sort");
        let (order, set_order) = param("order");
        let key = Memo::new(move |_| key.get().filter(|key| !key.is_empty()));
        let query = Memo::new(move |_| {
            let sort = KeySort::parse(&sort.get().unwrap_or_default());
            let order = order.get().as_deref().and_then(SortOrder::parse);
            if let Some(key) = key.get() {
                return KeyQuery::one(without_secret(&key));
            }
            KeyQuery {
                search: without_secret(&search.get().unwrap_or_default()).to_owned(),
                status: status.get().as_deref().and_then(parse_status),
                sort,
                order: order.unwrap_or(sort.natural_order()),
            }
        });
        Self {
            query,
            key,
            set_key,
            set_search,
            set_status,
            set_sort,
            set_order,
        }
    }

    /// Removes all filters; the sort order stays.
    pub fn clear(self) {
        self.set_key.set(None);
        self.set_search.set(None);
        self.set_status.set(None);
    }

    fn search(self, text: &str) {
        self.set_search.set((!text.is_empty()).then(|| text.into()));
    }
}

/// Search, status filter and sort order.
#[component]
pub fn Filters(
    filters: UrlFilters,
    /// Number of matching keys, once loaded.
    #[prop(into)]
    total: Signal<Option<u64>>,
) -> impl IntoView {
    let query = filters.query;
    let order_label = move || match query.get().order {
        SortOrder::Ascending => "Sort descending",
        SortOrder::Descending => "Sort ascending",
    };
    let order_icon = Signal::derive(move || match query.get().order {
        SortOrder::Ascending => IconKind::ArrowUp,
        SortOrder::Descending => IconKind::ArrowDown,
    });
    let choose_sort = move |event| {
        let sort = event_target_value(&event);
        filters.set_order.set(None);
        filters
            .set_sort
            .set((sort != KeySort::default().as_str()).then_some(sort));
    };
    let flip = move |_| {
        let KeyQuery { sort, order, .. } = query.get_untracked();
        let order = order.reversed();
        let order = (order != sort.natural_order()).then(|| order.as_str().to_owned());
        filters.set_order.set(order);
    };
    let choose_status = move |event| {
        let status = event_target_value(&event);
        filters
            .set_status
            .set((!status.is_empty()).then_some(status));
    };
    view! {
        <div class="filters" role="search" aria-label="API keys">
            <SearchBox filters />
            <label class="filters__select">
                <span class="filters__label">"Status"</span>
                <span class="select">
                    <select
                        class="input"
                        prop:value=move || query.get().status.map_or("", status_param)
                        on:change=choose_status
                    >
                        <option value="">"All"</option>
                        {STATUSES
                            .map(|status| {
                                view! {
                                    <option value=status_param(status)>{status.label()}</option>
                                }
                            })
                            .collect_view()}
                    </select>
                </span>
            </label>
            <div class="filters__sort">
                <label class="filters__select">
                    <span class="filters__label">"Sort"</span>
                    <span class="select">
                        <select
                            class="input"
                            prop:value=move || query.get().sort.as_str()
                            on:change=choose_sort
                        >
                            {KeySort::ALL
                                .map(|sort| {
                                    view! { <option value=sort.as_str()>{sort.label()}</option> }
                                })
                                .collect_view()}
                        </select>
                    </span>
                </label>
                <button
                    type="button"
                    class="icon-button icon-button--bordered"
                    aria-label=order_label
                    title=order_label
                    on:click=flip
                >
                    <Icon kind=order_icon />
                </button>
            </div>
            <p class="filters__total" role="status">
                {move || total.get().map(|total| counted(total, "key"))}
            </p>
        </div>
    }
}

/// The search field. It searches after a pause in typing, and keeps the secret of a pasted key out
/// of the URL and the request.
#[component]
fn SearchBox(filters: UrlFilters) -> impl IntoView {
    // Don't show the `key` parameter as search text.
    let query = Memo::new(move |_| {
        let mut query = filters.query.get();
        if filters.key.with(Option::is_some) {
            query.search.clear();
        }
        query
    });
    let text = RwSignal::new(query.with_untracked(|query| query.search.clone()));
    let sent = StoredValue::new(text.get_untracked());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    // Updates the field if the URL was changed elsewhere, such as by "clear" or "back".
    Effect::new(move || {
        let search = query.with(|query| query.search.clone());
        if sent.get_value() != search {
            sent.set_value(search.clone());
            text.set(search);
        }
    });
    let on_input = move |event| {
        let entered = event_target_value(&event);
        let safe = without_secret(&entered);
        text.set(if safe == entered.trim() {
            entered.clone()
        } else {
            safe.into()
        });
        let safe = safe.to_owned();
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        let search = move || {
            if sent.try_set_value(safe.clone()).is_none() {
                filters.search(&safe);
            }
        };
        timer.set_value(set_timeout_with_handle(search, DEBOUNCE).ok());
    };
    on_cleanup(move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    });
    view! {
        <div class="search">
            <Icon kind=IconKind::Search />
            <input
                class="input search__input"
                type="search"
                autocomplete="off"
                spellcheck="false"
                aria-label="Search by key name or ID"
                placeholder="Search by key name or ID"
                prop:value=text
                on:input=on_input
            />
        </div>
    }
}
