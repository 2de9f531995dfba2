//! Install commands of the announced SDKs.

use crate::{
    ui::icon::{Icon, IconKind},
    ui::selection::step_selection,
};
use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::query_signal_with_options};

struct Sdk {
    id: &'static str,
    language: &'static str,
    command: &'static str,
}

const SDKS: [Sdk; 3] = [
    Sdk {
        id: "node",
        language: "Node.js",
        command: "npm install @penguinmails/sdk",
    },
    Sdk {
        id: "python",
        language: "Python",
        command: "pip install penguinmails",
    },
    Sdk {
        id: "php",
        language: "PHP",
        command: "composer require penguinmails/sdk",
    },
];

/// Install commands in tabs, grayed out because no SDK has been released.
#[component]
pub fn SdkInstallation() -> impl IntoView {
    let options = NavigateOptions {
        replace: true,
        scroll: false,
        ..NavigateOptions::default()
    };
    let (param, set_param) = query_signal_with_options::<String>("sdk", options);
    let shown = Memo::new(move |_| {
        let named = param.get();
        SDKS.iter()
            .position(|sdk| named.as_deref() == Some(sdk.id))
            .unwrap_or(0)
    });
    let tabs: [NodeRef<html::Button>; 3] = std::array::from_fn(|_| NodeRef::new());
    let choose = move |index: usize| {
        set_param.set((index > 0).then(|| SDKS[index].id.to_owned()));
    };
    // Arrow keys move between tabs, as in any tab list.
    let on_keydown = move |event: ev::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            _ => return,
        };
        event.prevent_default();
        let index = step_selection(shown.get_untracked(), step, SDKS.len());
        choose(index);
        if let Some(tab) = tabs[index].get_untracked() {
            tab.focus().ok();
        }
    };
    let tab = move |index: usize| {
        let sdk = &SDKS[index];
        let is_shown = move || shown.get() == index;
        view! {
            <button
                type="button"
                class="tabs__tab"
                role="tab"
                id=format!("sdk-tab-{}", sdk.id)
                node_ref=tabs[index]
                aria-selected=move || is_shown().to_string()
                aria-controls="sdk-panel"
                tabindex=move || if is_shown() { "0" } else { "-1" }
                on:click=move |_| choose(index)
            >
                {sdk.language}
            </button>
        }
    };
    view! {
        <section class="overview__wide" aria-labelledby="sdk-installation">
            <header class="section__head">
                <h2 class="section__title" id="sdk-installation">
                    "SDK Installation"
                </h2>
                <span class="badge badge--outline">
                    <Icon kind=IconKind::Clock />
                    "Coming Q1 2026"
                </span>
            </header>
            <div class="card tabs">
                <div
                    class="tabs__list"
                    role="tablist"
                    aria-labelledby="sdk-installation"
                    on:keydown=on_keydown
                >
                    {(0..SDKS.len()).map(tab).collect_view()}
                </div>
                <div
                    class="tabs__panel is-unavailable"
                    role="tabpanel"
                    id="sdk-panel"
                    tabindex="0"
                    aria-labelledby=move || format!("sdk-tab-{}", SDKS[shown.get()].id)
                >
                    <code class="code code--unavailable">{move || SDKS[shown.get()].command}</code>
                    <p>
                        "Not published yet. Until then, call the API with the HTTP client of your language."
                    </p>
                </div>
            </div>
        </section>
    }
}
