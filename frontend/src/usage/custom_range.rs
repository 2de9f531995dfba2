use crate::usage::url::UsageUrl;
use crate::{
    state::clock::{self, Clock},
    ui::{button::Button, unique_id::unique_id},
    usage::{
        logic::custom_range::{bounds_until, check},
        time_zone::ZoneState,
    },
};
use chrono::TimeDelta;
use leptos::{ev, prelude::*};

/// Fields of a custom range, in the selected time zone.
#[component]
pub fn CustomRange(
    /// Updated when the form is submitted.
    url: UsageUrl,
) -> impl IntoView {
    let (zone, clock) = (ZoneState::expect(), Clock::expect());
    let (from, to) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let error = RwSignal::new(None::<&'static str>);
    let on_show = Memo::new(move |_| url.query.with(|query| (query.range, query.bounds)));
    // Follows the displayed range and the time zone.
    Effect::new(move || {
        let (range, bounds) = on_show.get();
        let (start, end) = bounds.unwrap_or_else(|| bounds_until(clock::now(), range));
        from.set(zone.to_input(start));
        to.set(zone.to_input(end));
        error.set(None);
    });
    let apply = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let start = from.with_untracked(|text| zone.read_input(text));
        let end = to.with_untracked(|text| zone.read_input(text));
        let bounds = check(start, end, clock::now());
        error.set(bounds.err());
        if let Ok((start, end)) = bounds {
            url.choose_bounds(start, end);
        }
    };
    let error_id = StoredValue::new(unique_id("error"));
    let field = move |label: &'static str, value: RwSignal<String>| {
        view! {
            <label class="custom-range__field">
                <span class="custom-range__label">{label}</span>
                <input
                    class="input"
                    type="datetime-local"
                    required
                    max=move || zone.to_input(clock.now() + TimeDelta::days(1))
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=error_id.get_value()
                    prop:value=value
                    on:input=move |event| value.set(event_target_value(&event))
                />
            </label>
        }
    };
    view! {
        <form class="custom-range" novalidate aria-label="Custom range" on:submit=apply>
            {field("From", from)}
            {field("To", to)}
            <Button submit=true>
                "Apply"
            </Button>
            <p class="field__error" id=error_id.get_value() role="alert">
                {error}
            </p>
        </form>
    }
}
