//! State of the page, stored in its URL: a view can be shared, survives a reload, and the browser's
//! Back button undoes a choice.

use crate::{
    keys::logic::query::SortOrder,
    usage::logic::{
        query::{UsageQuery, as_str, moment_param, parse_environment, parse_request_id},
        sort::EndpointSort,
    },
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::query_signal_with_options};
use shared::{
    ids::{KeyId, RequestId},
    key::Environment,
    usage::UsageRange,
};
use wasm_bindgen::JsValue;

type Setter = SignalSetter<Option<String>>;

/// State of the page's URL.
#[derive(Clone, Copy)]
pub struct UsageUrl {
    pub query: Memo<UsageQuery>,
    /// Selected environment, or the one of the selected key.
    pub environment: Memo<Environment>,
    /// Request that is open in the drawer.
    pub request: Memo<Option<RequestId>>,
    pub sort: Memo<(EndpointSort, SortOrder)>,
    /// Request opened from this page: the previous history entry shows none.
    opened: StoredValue<Option<RequestId>>,
    setters: StoredValue<Setters>,
}

/// Setters of the URL parameters. Stored separately, because `UsageUrl` is passed by value.
#[derive(Clone, Copy)]
struct Setters {
    range: Setter,
    from: Setter,
    to: Setter,
    key: Setter,
    environment: Setter,
    request: Setter,
    sort: Setter,
    order: Setter,
}

impl UsageUrl {
    /// Reads the URL and follows its changes. Removes invalid parameters from the URL.
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
        let (environment_text, set_environment) = param("environment");
        let (request_text, set_request) = param("request");
        let (sort_text, set_sort) = param("sort");
        let (order, set_order) = param("order");
        let query = Memo::new(move |_| {
            let (range, from, to, key) = (range.get(), from.get(), to.get(), key.get());
            UsageQuery::parse(
                range.as_deref(),
                from.as_deref(),
                to.as_deref(),
                key.as_deref(),
                environment_text.get().as_deref(),
            )
        });
        let environment = Memo::new(move |_| parse_environment(environment_text.get().as_deref()));
        let request = Memo::new(move |_| parse_request_id(&request_text.get()?));
        let sort = Memo::new(move |_| {
            let sort = EndpointSort::parse(&sort_text.get().unwrap_or_default());
            let order = order.get().as_deref().and_then(SortOrder::parse);
            (sort, order.unwrap_or(sort.natural_order()))
        });
        let read = query.get_untracked();
        let keep_if = |makes_sense: bool, text: Memo<Option<String>>, set: Setter| {
            if !makes_sense && text.with_untracked(Option::is_some) {
                set.set(None);
            }
        };
        let is = |text: Memo<Option<String>>, known: &str| {
            text.with_untracked(|text| text.as_deref() == Some(known))
        };
        keep_if(is(range, as_str(read.range)), range, set_range);
        keep_if(read.bounds.is_some(), from, set_from);
        keep_if(read.bounds.is_some(), to, set_to);
        keep_if(read.key.is_some(), key, set_key);
        keep_if(
            is(environment_text, Environment::Test.as_str()),
            environment_text,
            set_environment,
        );
        let is_request = request.with_untracked(Option::is_some);
        keep_if(is_request, request_text, set_request);
        let (sort_read, order_read) = sort.get_untracked();
        keep_if(is(sort_text, sort_read.as_str()), sort_text, set_sort);
        keep_if(is(order, order_read.as_str()), order, set_order);
        Self {
            query,
            environment,
            request,
            sort,
            opened: StoredValue::new(None),
            setters: StoredValue::new(Setters {
                range: set_range,
                from: set_from,
                to: set_to,
                key: set_key,
                environment: set_environment,
                request: set_request,
                sort: set_sort,
                order: set_order,
            }),
        }
    }

    /// Selects a range that ends now.
    pub fn choose_range(self, range: UsageRange) {
        if self.query.with_untracked(|query| query.range == range) {
            return;
        }
        add_entry();
        let is_default = range == UsageRange::default();
        self.setters
            .get_value()
            .range
            .set((!is_default).then(|| as_str(range).into()));
        self.setters.get_value().from.set(None);
        self.setters.get_value().to.set(None);
    }

    /// Selects a custom range.
    pub fn choose_bounds(self, from: DateTime<Utc>, to: DateTime<Utc>) {
        let bounds = Some((from, to));
        if self.query.with_untracked(|query| query.bounds == bounds) {
            return;
        }
        add_entry();
        self.setters
            .get_value()
            .range
            .set(Some(as_str(UsageRange::Custom).into()));
        self.setters.get_value().from.set(Some(moment_param(from)));
        self.setters.get_value().to.set(Some(moment_param(to)));
    }

    /// Selects all keys of an environment.
    pub fn choose_environment(self, environment: Environment) {
        if self.environment.get_untracked() == environment {
            return;
        }
        add_entry();
        self.setters.get_value().key.set(None);
        self.set_environment(environment);
    }

    /// Sets the environment of the selected key. Replaces the history entry, because it is not a
    /// choice of the user.
    pub fn note_environment(self, environment: Environment) {
        if self.environment.get_untracked() != environment {
            self.set_environment(environment);
        }
    }

    fn set_environment(self, environment: Environment) {
        let is_default = environment == Environment::Live;
        let text = (!is_default).then(|| environment.as_str().into());
        self.setters.get_value().environment.set(text);
    }

    /// Filters by one key of the environment, or shows all.
    pub fn choose_key(self, key: Option<KeyId>) {
        if self.query.with_untracked(|query| query.key == key) {
            return;
        }
        add_entry();
        self.setters.get_value().key.set(key.map(String::from));
    }

    /// Opens a request in the drawer.
    pub fn open_request(self, request: RequestId) {
        if self.request.get_untracked().as_ref() == Some(&request) {
            return;
        }
        let is_added = add_entry();
        self.opened.set_value(is_added.then(|| request.clone()));
        self.setters.get_value().request.set(Some(request.into()));
    }

    /// Closes the request. If it was opened from this page, navigates back, so that Back doesn't
    /// lead to the same page again.
    pub fn close_request(self) {
        let request = self.request.get_untracked();
        let opened = self.opened.get_value();
        self.opened.set_value(None);
        if request.is_some() && request == opened {
            window().history().and_then(|history| history.back()).ok();
        } else {
            self.setters.get_value().request.set(None);
        }
    }

    /// Sorts the endpoints by a column. If already sorted by it, reverses the order.
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

/// Pushes a copy of the current history entry, which the following parameter changes replace. The
/// router can't do this: if the new address is the last one it knows of, as may happen after Back
/// and Forward, it pushes no entry and leaves the old address.
///
/// Returns `false` if the browser refuses, as it does for too many entries in a short time. The
/// current entry is replaced then.
fn add_entry() -> bool {
    let history = window().history();
    history
        .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", None))
        .is_ok()
}
