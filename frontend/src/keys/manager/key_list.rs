//! The loaded keys.

use crate::{
    api,
    keys::logic::query::KeyQuery,
    state::{live::Live, query::Query},
};
use leptos::prelude::*;
use shared::{
    ids::KeyId,
    key::KeyView,
    page::{DEFAULT_LIMIT, Page},
};

/// Keys that match the filters. They are fetched when the filters change, and refreshed in the
/// background on live updates.
#[derive(Clone, Copy)]
pub struct KeyList {
    /// The key is the filters and the number of keys to fetch.
    pub page: Query<Page<KeyView>, (KeyQuery, u32)>,
    /// Filters for which more keys than one page were asked for, and the number of keys.
    more: RwSignal<Option<(KeyQuery, u32)>>,
}

impl KeyList {
    /// Fetches the keys for `query`, and again whenever it changes or a live update arrives.
    pub fn follow(query: Memo<KeyQuery>) -> Self {
        let live = Live::expect();
        let more = RwSignal::new(None::<(KeyQuery, u32)>);
        let wanted = move || {
            let query = query.get();
            let more = more.get().filter(|(of, _)| *of == query);
            more.unwrap_or((query, DEFAULT_LIMIT))
        };
        let page = Query::of(wanted, async |(query, count)| {
            api::keys::list(&query, count).await
        })
        .refreshed_on(move || live.keys_version());
        Self { page, more }
    }

    /// Returns the keys (tracked). `None` before the first response.
    pub fn keys(self) -> Option<Vec<KeyView>> {
        self.page.with(|_, page| page.data.clone())
    }

    /// Returns a single key (tracked).
    pub fn key(self, id: &KeyId) -> Option<KeyView> {
        self.page
            .with(|_, page| page.data.iter().find(|key| key.id == *id).cloned())?
    }

    /// Returns the number of matching keys.
    pub fn total(self) -> Signal<Option<u64>> {
        Signal::derive(move || self.page.with(|_, page| page.total))
    }

    /// Returns true if there are more keys to load (tracked).
    pub fn has_more(self) -> bool {
        self.page.with(|_, page| page.next_cursor.is_some()) == Some(true)
    }

    /// Fetches another page of keys.
    pub fn load_more(self) {
        let (query, count) = self.page.key_untracked();
        self.more.set(Some((query, count + DEFAULT_LIMIT)));
    }
}
