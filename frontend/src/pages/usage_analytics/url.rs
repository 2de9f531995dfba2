//! What the page is about, as it stands in its URL: a view can be shared, and survives a
//! reload.

use crate::logic::{
    key_query::SortOrder,
    usage::{
        query::{UsageQuery, as_str, moment_param, parse_request_id},
        sort::EndpointSort,
    },
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::query_signal_with_options};
use shared::{
    ids::{KeyId, RequestId},
    usage::UsageRange,
};

type Setter = SignalSetter<Option<String>>;

/// The URL's state.
#[derive(Clone, Copy)]
pub struct UsageUrl {
    /// Which usage is on show.
    pub query: Memo<UsageQuery>,
    /// The request that is looked at.
    pub request: Memo<Option<RequestId>>,
    /// How the endpoints are sorted.
    pub sort: Memo<(EndpointSort, SortOrder)>,
    setters: StoredValue<Setters>,
}

/// What writes the URL. Kept apart, because the state is handed around by value.
#[derive(Clone, Copy)]
struct Setters {
    range: Setter,
    from: Setter,
    to: Setter,
    key: Setter,
    request: Setter,
    sort: Setter,
    order: Setter,
}

impl UsageUrl {
    /// Reads the URL, now and whenever it changes.
    pub fn new() -> Self {
        let param = |name: &'static str| {
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            };
            query_signal_with_options::<String>(name, options)
        };
        let (range, set_range) = param("range");
        let (from, set_from) = param("from");
        let (to, set_to) = param("to");
        let (key, set_key) = param("key");
        let (request, set_request) = param("request");
        let (sort, set_sort) = param("sort");
        let (order, set_order) = param("order");
        let query = Memo::new(move |_| {
            let (range, from, to, key) = (range.get(), from.get(), to.get(), key.get());
            UsageQuery::parse(
                range.as_deref(),
                from.as_deref(),
                to.as_deref(),
                key.as_deref(),
            )
        });
        let request = Memo::new(move |_| parse_request_id(&request.get()?));
        let sort = Memo::new(move |_| {
            let sort = EndpointSort::parse(&sort.get().unwrap_or_default());
            let order = order.get().as_deref().and_then(SortOrder::parse);
            (sort, order.unwrap_or(sort.natural_order()))
        });
        Self {
            query,
            request,
            sort,
            setters: StoredValue::new(Setters {
                range: set_range,
                from: set_from,
                to: set_to,
                key: set_key,
                request: set_request,
                sort: set_sort,
                order: set_order,
            }),
        }
    }

    /// Shows one of the ranges that end now.
    pub fn choose_range(self, range: UsageRange) {
        let is_default = range == UsageRange::default();
        self.setters
            .get_value()
            .range
            .set((!is_default).then(|| as_str(range).into()));
        self.setters.get_value().from.set(None);
        self.setters.get_value().to.set(None);
    }

    /// Shows what was between two moments.
    pub fn choose_bounds(self, from: DateTime<Utc>, to: DateTime<Utc>) {
        self.setters
            .get_value()
            .range
            .set(Some(as_str(UsageRange::Custom).into()));
        self.setters.get_value().from.set(Some(moment_param(from)));
        self.setters.get_value().to.set(Some(moment_param(to)));
    }

    /// Shows one key only, or all.
    pub fn choose_key(self, key: Option<KeyId>) {
        self.setters.get_value().key.set(key.map(String::from));
    }

    /// Looks at a request, or at none.
    pub fn choose_request(self, request: Option<RequestId>) {
        self.setters
            .get_value()
            .request
            .set(request.map(String::from));
    }

    /// Sorts the endpoints by a column; by the same one again, the other way round.
    pub fn sort_by(self, column: EndpointSort) {
        let (sort, order) = self.sort.get_untracked();
        let order = if sort == column {
            order.reversed()
        } else {
            column.natural_order()
        };
        let is_default = column == EndpointSort::default();
        self.setters
            .get_value()
            .sort
            .set((!is_default).then(|| column.as_str().into()));
        let is_natural = order == column.natural_order();
        self.setters
            .get_value()
            .order
            .set((!is_natural).then(|| order.as_str().into()));
    }
}
