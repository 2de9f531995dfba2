//! Search field for a request ID, found in `X-Request-Id` and in error responses.

use crate::usage::url::UsageUrl;
use crate::{
    ui::{
        icon::{Icon, IconKind},
        unique_id::unique_id,
    },
    usage::logic::query::parse_request_id,
};
use leptos::{ev, prelude::*};

/// Opens the request with the entered ID.
#[component]
pub fn RequestLookup(
    /// Updated to open the request.
    url: UsageUrl,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let is_invalid = RwSignal::new(false);
    let error_id = unique_id("error");
    let look_up = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let id = text.with_untracked(|text| parse_request_id(text));
        is_invalid.set(id.is_none() && text.with_untracked(|text| !text.is_empty()));
        if let Some(id) = id {
            url.open_request(id);
        }
    };
    view! {
        <form class="lookup" role="search" aria-label="Requests" on:submit=look_up>
            <div class="search">
                <Icon kind=IconKind::Search />
                <input
                    class="input search__input"
                    type="search"
                    autocomplete="off"
                    spellcheck="false"
                    aria-label="Look up a request by its ID"
                    aria-invalid=move || is_invalid.get().then_some("true")
                    aria-describedby=error_id.clone()
                    placeholder="Look up req_…"
                    prop:value=text
                    on:input=move |event| {
                        is_invalid.set(false);
                        text.set(event_target_value(&event));
                    }
                />
            </div>
            <p class="field__error" id=error_id role="alert">
                {move || {
                    is_invalid.get().then_some("A request ID begins with req_. It is in the X-Request-Id header of every response.")
                }}
            </p>
        </form>
    }
}
