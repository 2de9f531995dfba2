//! The key management page.

mod filters;
mod key_list;
mod links;
mod list;

use crate::{
    keys::{
        creation::KeyCreation,
        dialogs::{KeyDialogs, KeyDialogsView},
    },
    ui::{
        button::{Button, ButtonSize, ButtonVariant},
        icon::IconKind,
        live_marker::LiveMarker,
        related::Related,
    },
};
use filters::{Filters, UrlFilters};
use key_list::KeyList;
use leptos::prelude::*;
use links::{follow_action, follow_template};
use list::List;
use shared::docs::guide_path;

/// All keys of the company, to find, create, change, rotate and revoke them.
#[component]
pub fn APIKeyManager() -> impl IntoView {
    let filters = UrlFilters::new();
    let keys = KeyList::follow(filters.query);
    let creation = KeyCreation::expect();
    let dialogs = KeyDialogs::new();
    follow_action(filters, keys, dialogs);
    follow_template(creation);
    view! {
        <header class="page-head">
            <div>
                <div class="page-head__row">
                    <h1 class="page-head__title">"API Keys"</h1>
                    <LiveMarker
                        live="Request counts are updated as calls come in."
                        polling=(
                            "Every 15 s",
                            "No live connection; the list is fetched every 15 seconds.",
                        )
                        offline="The list is reloaded when you are back online."
                    />
                </div>
                <p class="is-secondary">
                    "Keys give programs access to your account. Use one key per application."
                </p>
            </div>
            <Button
                variant=ButtonVariant::Primary
                icon=IconKind::Plus
                label="+ Create API Key"
                on_click=move || creation.begin()
            >
                "Create API Key"
            </Button>
        </header>
        <Filters filters total=keys.total() />
        <OneKey filters />
        <List keys filters dialogs />
        <KeyDialogsView dialogs />
        <Related links=vec![
            ("API Authentication", guide_path("authentication")),
            ("Security Best Practices", guide_path("security")),
        ] />
    }
}

/// Notice that the page is restricted to a single key, with a way back to all keys.
#[component]
fn OneKey(filters: UrlFilters) -> impl IntoView {
    view! {
        <Show when=move || filters.key.with(Option::is_some)>
            <p class="one-key">
                <span>"Showing one key: " <code class="code">{filters.key}</code></span>
                <Button size=ButtonSize::Small on_click=move || filters.clear()>
                    "Show all keys"
                </Button>
            </p>
        </Show>
    }
}
