//! The layout of the pages before the dashboard: sign in, set up.

use crate::ui::{logo::Logo, theme_switch::ThemeSwitch};
use leptos::prelude::*;

/// The layout of the pages before the dashboard.
#[component]
pub fn AuthLayout(
    /// The form.
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
