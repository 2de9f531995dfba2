use crate::state::theme::{Theme, ThemeState};
use crate::ui::icon::{Icon, IconKind};
use leptos::prelude::*;

/// Three toggle buttons: light, dark and system theme.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let theme = ThemeState::expect();
    let button = move |choice: Theme| {
        let icon = match choice {
            Theme::Light => IconKind::Sun,
            Theme::Dark => IconKind::Moon,
            Theme::System => IconKind::Monitor,
        };
        let label = format!("{} theme", choice.label());
        view! {
            <button
                type="button"
                class="segmented__item"
                aria-pressed=move || (theme.get() == choice).to_string()
                aria-label=label.clone()
                title=label
                on:click=move |_| theme.choose(choice)
            >
                <Icon kind=icon />
            </button>
        }
    };
    view! {
        <div class="segmented" role="group" aria-label="Theme">
            {Theme::ALL.map(button).collect_view()}
        </div>
    }
}
