//! Layout of the pages outside the dashboard: sign-in and setup.

use crate::ui::{logo::Logo, theme_switch::ThemeSwitch};
use leptos::prelude::*;

#[component]
pub fn AuthLayout(
    /// Form shown in the card.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="entry">
            <header class="entry__head">
                <Logo />
                <ThemeSwitch />
            </header>
            <main class="entry__main" id="main">
                <div class="card entry__card">{children()}</div>
            </main>
        </div>
    }
}
