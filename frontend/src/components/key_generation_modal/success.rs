//! The new key, for the only time.

use crate::{
    components::{
        copy_button::CopyButton,
        icon::{Icon, IconKind},
    },
    logic::snippet::{curl_whoami, env_line},
};
use leptos::{ev, html, prelude::*};
use shared::key::{CreatedKey, SHOWN_ONCE_WARNING};

/// The key with what is needed to use it. Says so when someone tries to leave
/// before the key was copied.
#[component]
pub fn Success(
    /// The new key.
    created: CreatedKey,
    /// Set once the key has been copied.
    copied: RwSignal<bool>,
    /// How often someone tried to leave without it.
    nudges: RwSignal<u32>,
    /// Called when the key has been saved.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let failed = RwSignal::new(false);
    let on_copied = Callback::new(move |worked: bool| {
        failed.try_set(!worked);
        if worked {
            copied.try_set(true);
        }
    });
    let origin = window().location().origin().unwrap_or_default();
    let command = curl_whoami(&origin, &created.api_key);
    let line = env_line(&created.api_key);
    let (key_ref, command_ref, line_ref) = (
        NodeRef::<html::Code>::new(),
        NodeRef::<html::Code>::new(),
        NodeRef::<html::Code>::new(),
    );

    // Leaving the page loses the key just as closing the dialog would.
    let guard = window_event_listener(ev::beforeunload, move |event| {
        if copied.try_get_untracked() == Some(false) {
            event.prevent_default();
        }
    });
    on_cleanup(move || guard.remove());

    let message = move || {
        if failed.get() {
            Some("The browser did not allow copying. The text is selected: press Ctrl+C or ⌘C.")
        } else if nudges.get() > 0 && !copied.get() {
            Some("The key has not been copied yet. Copy it, or confirm that you have saved it.")
        } else {
            None
        }
    };
    view! {
        <div class="dialog__body">
            <p class="notice notice--warning">{format!("⚠️ {SHOWN_ONCE_WARNING}")}</p>
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
                    {created.api_key.clone()}
                </code>
                <CopyButton
                    text=created.api_key
                    label="Copy key"
                    with_text=true
                    source=key_ref
                    on_result=on_copied
                    autofocus=true
                />
            </div>
            <p class="field__error" role="alert">
                {message}
            </p>
            <h3 class="wizard__title">"Try it"</h3>
            <Snippet text=command label="Copy command" source=command_ref on_copied />
            <h3 class="wizard__title">"Or keep it in your environment"</h3>
            <Snippet text=line label="Copy .env line" source=line_ref on_copied />
        </div>
        <footer class="dialog__foot">
            <p class="wizard__summary">
                {move || {
                    copied
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

/// A text with a copy button.
#[component]
fn Snippet(
    text: String,
    label: &'static str,
    source: NodeRef<html::Code>,
    on_copied: Callback<bool>,
) -> impl IntoView {
    view! {
        <div class="snippet">
            <pre class="snippet__text" tabindex="0">
                <code node_ref=source>{text.clone()}</code>
            </pre>
            <CopyButton text label source on_result=on_copied />
        </div>
    }
}
