//! A new key, for the only time: after creating one, and after rotating one.

mod first_request;

use crate::{
    components::{
        copy_button::CopyButton,
        focus::focus_soon,
        icon::{Icon, IconKind},
    },
    logic::{
        endpoints::first_call,
        key_edit::granted,
        snippet::{curl_get, env_file, env_line},
    },
    state::download,
};
use first_request::FirstRequest;
use leptos::{ev, html, prelude::*};
use shared::{key::KeyView, scope::ScopeSet};

/// A new key with all that is needed to save and use it.
#[derive(Clone, PartialEq)]
pub struct Fresh {
    /// The whole key.
    pub api_key: String,
    /// The key's data.
    pub key: KeyView,
    /// That it must be copied now.
    pub warning: &'static str,
    /// What else there is to know.
    pub note: Option<String>,
}

/// Keeps a dialog open until what is shown only once has been saved.
#[derive(Clone, Copy)]
pub struct Keeper {
    saved: RwSignal<bool>,
    /// Counts the attempts to leave without the key.
    nudges: RwSignal<u32>,
}

impl Keeper {
    /// Nothing has been saved yet.
    pub fn new() -> Self {
        Self {
            saved: RwSignal::new(false),
            nudges: RwSignal::new(0),
        }
    }

    /// Starts over, for another key.
    pub fn reset(self) {
        self.saved.set(false);
        self.nudges.set(0);
    }

    /// Whether the dialog may close. If not, the page says why.
    pub fn may_close(self) -> bool {
        let saved = self.saved.get_untracked();
        if !saved {
            self.nudges.update(|nudges| *nudges += 1);
        }
        saved
    }
}

/// The key with what is needed to use it. Says so when someone tries to leave
/// before the key was saved.
#[component]
pub fn NewKey(
    /// The key.
    fresh: Fresh,
    /// Told when it has been saved.
    keeper: Keeper,
    /// Called when the person says that the key has been saved.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let failed = RwSignal::new(false);
    let on_copied = Callback::new(move |worked: bool| {
        failed.try_set(!worked);
        if worked {
            keeper.saved.try_set(true);
        }
    });
    let origin = window().location().origin().unwrap_or_default();
    let command = curl_get(&origin, first_call(works(&fresh.key)), &fresh.api_key);
    let line = env_line(&fresh.api_key);
    let file = env_file(&fresh.key.name, &fresh.api_key);
    let key_ref = NodeRef::<html::Code>::new();

    // Leaving the page loses the key just as closing the dialog would.
    let guard = window_event_listener(ev::beforeunload, move |event| {
        if keeper.saved.try_get_untracked() == Some(false) {
            event.prevent_default();
        }
    });
    on_cleanup(move || guard.remove());

    // It takes the place of a form, and with that of what had the focus.
    focus_soon(".secret .button");

    let message = move || {
        if failed.get() {
            Some("The browser did not allow copying. The text is selected: press Ctrl+C or ⌘C.")
        } else if keeper.nudges.get() > 0 && !keeper.saved.get() {
            Some("The key has not been copied yet. Copy it, or confirm that you have saved it.")
        } else {
            None
        }
    };
    view! {
        <div class="dialog__body">
            <p class="notice notice--warning">{format!("⚠️ {}", fresh.warning)}</p>
            {fresh.note.map(|note| view! { <p>{note}</p> })}
            <div class="secret">
                <code
                    class="secret__text"
                    node_ref=key_ref
                    data-testid="new-api-key"
                    aria-label="New API key"
                    role="textbox"
                    aria-readonly="true"
                    tabindex="0"
                >
                    {fresh.api_key.clone()}
                </code>
                <CopyButton
                    text=fresh.api_key
                    label="Copy key"
                    with_text=true
                    source=key_ref
                    on_result=on_copied
                />
            </div>
            <p class="field__error" role="alert">
                {message}
            </p>
            <h3 class="wizard__title">"Make the first call"</h3>
            <Snippet text=command label="Copy command" on_copied />
            <FirstRequest key=fresh.key />
            <h3 class="wizard__title">"Or keep it in your environment"</h3>
            <Snippet text=line label="Copy .env line" on_copied />
            <button
                type="button"
                class="button button--secondary button--small snippet__file"
                on:click=move |_| on_copied.run(download::save("penguinmails.env", &file))
            >
                <Icon kind=IconKind::Download />
                "Download .env"
            </button>
        </div>
        <footer class="dialog__foot">
            <p class="wizard__summary">
                {move || {
                    keeper
                        .saved
                        .get()
                        .then(|| {
                            view! {
                                <Icon kind=IconKind::CircleCheck />
                                "Copied"
                            }
                        })
                }}
            </p>
            <button type="button" class="button button--primary" on:click=move |_| on_close.run(())>
                "I've Saved My Key"
            </button>
        </footer>
    }
}

/// What the key can do today: what waits for approval does not count.
fn works(key: &KeyView) -> ScopeSet {
    let pending: ScopeSet = key.pending_permissions.iter().copied().collect();
    granted(key).minus(pending).effective()
}

/// A text with a copy button.
#[component]
fn Snippet(text: String, label: &'static str, on_copied: Callback<bool>) -> impl IntoView {
    let source = NodeRef::<html::Code>::new();
    view! {
        <div class="snippet">
            <pre class="snippet__text" tabindex="0">
                <code node_ref=source>{text.clone()}</code>
            </pre>
            <CopyButton text label source on_result=on_copied />
        </div>
    }
}
