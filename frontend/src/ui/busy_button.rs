//! A form's main button, which shows that its work is under way.

use leptos::prelude::*;

/// A submit button. While `busy` it keeps its size, its name and the focus; what it
/// submits must not begin a second time.
#[component]
pub fn BusyButton(
    /// Whether the work is under way.
    #[prop(into)]
    busy: Signal<bool>,
    /// Whether it may not be pressed for another reason.
    #[prop(into, optional)]
    disabled: Signal<bool>,
    /// The look: `primary` or `danger`.
    #[prop(default = "primary")]
    look: &'static str,
    /// The button's text.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=format!("button button--{look}")
            class:is-busy=busy
            disabled=disabled
            aria-disabled=move || busy.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
        >
            {label}
        </button>
    }
}
