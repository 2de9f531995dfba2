//! Header of the usage page: age of the numbers and time zone.

use crate::usage::feed::UsageFeed;
use crate::{
    state::clock::{self, Clock},
    ui::{
        icon::{Icon, IconKind},
        relative_time::RelativeTime,
    },
    usage::{
        logic::zone::{Zone, in_words},
        time_zone::ZoneState,
    },
};
use leptos::prelude::*;

#[component]
pub fn Header(
    /// Provides the age of the numbers.
    feed: UsageFeed,
) -> impl IntoView {
    view! {
        <header class="page-head usage-head">
            <div>
                <h1 class="page-head__title">"API Usage Analytics"</h1>
                <p class="is-secondary">
                    "Requests, errors and limits of your API keys."
                </p>
            </div>
            <div class="usage-head__end">
                <ZoneSwitch />
                <Age feed />
            </div>
        </header>
    }
}

/// Age of the numbers, or a warning if they are out of date.
#[component]
fn Age(feed: UsageFeed) -> impl IntoView {
    let at = Memo::new(move |_| feed.with(|_, usage| usage.generated_at));
    view! {
        <p class="usage-head__age">
            <Show
                when=move || feed.is_stale()
                fallback=move || {
                    view! {
                        <Show when=move || at.with(Option::is_some)>
                            "Updated " <RelativeTime at /> ", every minute"
                        </Show>
                    }
                }
            >
                <span class="usage-head__stale" role="status">
                    <Icon kind=IconKind::Triangle />
                    "Not up to date: the last refresh failed. Updated "
                    <RelativeTime at />
                </span>
            </Show>
        </p>
    }
}

/// Switch between local time and UTC.
#[component]
fn ZoneSwitch() -> impl IntoView {
    let (state, clock) = (ZoneState::expect(), Clock::expect());
    let name = StoredValue::new(clock::zone_name());
    let in_words = move || name.with_value(|name| in_words(name.as_deref(), state.at(clock.now())));
    let button = move |zone: Zone| {
        view! {
            <button
                type="button"
                class="segmented__item"
                aria-pressed=move || (state.get() == zone).to_string()
                on:click=move |_| state.choose(zone)
            >
                {zone.label()}
            </button>
        }
    };
    view! {
        <div class="zone">
            // For UTC, the pressed button says it all.
            <Show when=move || state.get() == Zone::Local>
                <span class="zone__name" data-testid="time-zone">
                    {in_words}
                </span>
            </Show>
            <div class="segmented segmented--text segmented--small" role="group" aria-label="Time zone">
                {Zone::ALL.map(button).collect_view()}
            </div>
        </div>
    }
}
