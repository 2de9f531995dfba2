//! The foot of a table that shows its first rows only.

use leptos::prelude::*;

/// Shows all rows, or the first ones again.
#[component]
pub fn ShowAll(
    /// Whether all are shown.
    all: RwSignal<bool>,
    /// The button's words, to see all and to see the first ones.
    labels: (&'static str, &'static str),
    /// How many are shown, of how many.
    #[prop(into)]
    shown: Signal<String>,
) -> impl IntoView {
    let (more, fewer) = labels;
    view! {
        <footer class="panel__foot">
            <button
                type="button"
                class="link-button"
                aria-expanded=move || all.get().to_string()
                on:click=move |_| all.update(|all| *all = !*all)
            >
                {move || if all.get() { fewer } else { more }}
            </button>
            <span class="is-muted">{shown}</span>
        </footer>
    }
}
