use leptos::prelude::*;

/// Footer of a table that toggles between all rows and the first ones.
#[component]
pub fn ShowAll(
    /// Set while all rows are shown.
    all: RwSignal<bool>,
    /// Button text, to show all rows and to show fewer.
    labels: (&'static str, &'static str),
    /// Number of displayed rows and of all rows.
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
