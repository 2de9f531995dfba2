use leptos::prelude::*;

/// Submit button. While `busy` it keeps its size, label and focus; the caller must ignore further
/// submits.
#[component]
pub fn BusyButton(
    /// Set while the submitted work is running.
    #[prop(into)]
    busy: Signal<bool>,
    /// Disables the button for another reason.
    #[prop(into, optional)]
    disabled: Signal<bool>,
    /// Style variant: `primary` or `danger`.
    #[prop(default = "primary")]
    look: &'static str,
    /// Text, unchanged while busy.
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
