//! The input for a key's expiry.

use crate::ui::{
    binding::Binding,
    field::{Field, FieldKind},
};
use crate::{
    format::time,
    keys::logic::draft::Expiry,
    state::clock::{self, Clock},
};
use leptos::prelude::*;

/// Selects no expiry, a lifetime or a date. Shows the resulting expiry time.
#[component]
pub fn ExpiryPicker(
    #[prop(into)] expiry: Binding<Expiry>,
    /// Validation error, shown at the field.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let Binding {
        value: expiry,
        set: set_expiry,
    } = expiry;
    let clock = Clock::expect();
    let day = RwSignal::new(match expiry.get_untracked() {
        Expiry::Custom(Some(end)) => clock::date_input_value(end),
        _ => String::new(),
    });
    let set_day = SignalSetter::map(move |text: String| {
        set_expiry.set(Expiry::Custom(clock::end_of_local_day(&text)));
        day.set(text);
    });
    let last_day = Binding {
        value: day.into(),
        set: set_day,
    };
    let resolved = move || {
        let end = expiry.get().end(clock.now())?;
        let date = time::date_and_time(clock::local(end));
        Some(format!("The key stops working on {date}."))
    };
    let span = move |(days, label): (u32, &'static str)| {
        view! {
            <button
                type="button"
                class="segmented__item"
                aria-pressed=move || (expiry.get() == Expiry::Days(days)).to_string()
                on:click=move |_| set_expiry.set(Expiry::Days(days))
            >
                {label}
            </button>
        }
    };
    let is_custom = move || matches!(expiry.get(), Expiry::Custom(_));
    view! {
        <fieldset class="choices">
            <legend class="visually-hidden">"Expiration"</legend>
            <label class="check check--tile">
                <input
                    type="radio"
                    name="expiry"
                    prop:checked=move || expiry.get() == Expiry::Never
                    on:change=move |_| set_expiry.set(Expiry::Never)
                />
                <span class="check__label">"Never Expire"</span>
                <span class="check__help">"Works until it is revoked."</span>
            </label>
            <label class="check check--tile">
                <input
                    type="radio"
                    name="expiry"
                    prop:checked=move || expiry.get() != Expiry::Never
                    on:change=move |_| set_expiry.set(Expiry::Days(90))
                />
                <span class="check__label">"Expire After"</span>
                <span class="check__help">"Stops by itself; a leaked key does less harm."</span>
            </label>
        </fieldset>
        <Show when=move || expiry.get() != Expiry::Never>
            <div class="segmented segmented--text" role="group" aria-label="Lifetime">
                {Expiry::SPANS.map(span).collect_view()}
                <button
                    type="button"
                    class="segmented__item"
                    aria-pressed=move || is_custom().to_string()
                    on:click=move |_| {
                        let end = clock::end_of_local_day(&day.get_untracked());
                        set_expiry.set(Expiry::Custom(end));
                    }
                >
                    "Custom date"
                </button>
            </div>
            <Show when=is_custom>
                <Field
                    label="Last day"
                    kind=FieldKind::Date
                    value=last_day
                    min=clock::date_input_value(clock::now())
                    error
                />
            </Show>
        </Show>
        <p class="is-secondary" role="status">
            {resolved}
        </p>
    }
}
