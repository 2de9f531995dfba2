//! The dialog that shows a new key once, after creation or rotation.

mod first_request;

use crate::{
    chunks::{KEYS, KeysView},
    keys::{
        created_key_state::{CreatedKeyState, ShownKey},
        logic::{
            edit::granted,
            endpoints::first_call,
            snippet::{curl_get, env_file, env_line},
        },
    },
    state::{download, live::Live},
    ui::{
        button::{Button, ButtonSize, ButtonVariant},
        copy_button::CopyButton,
        dialog::{Dialog, DialogSize},
        focus::focus_within,
        icon::{Icon, IconKind},
        skeletons::CardSkeletons,
    },
};
use first_request::FirstRequest;
use leptos::{ev, html, prelude::*};
use shared::{key::KeyView, scope::ScopeSet};

/// Shows a new key. Until it has been copied, only the "I've Saved My Key" button closes the
/// dialog.
#[component]
pub fn CreatedKeyDialog() -> impl IntoView {
    let created_key = CreatedKeyState::expect();
    let close = close_with(created_key, Live::expect());
    let dismiss = move || {
        if created_key.is_unsaved() {
            created_key.warn_unsaved();
        } else {
            close();
        }
    };
    view! {
        <Dialog
            open=created_key.is_shown()
            title=Signal::derive(move || created_key.title().to_owned())
            on_dismiss=dismiss
            size=DialogSize::Large
        >
            {KEYS.view(KeysView::CreatedKey, CardSkeletons)}
        </Dialog>
    }
}

/// Content of the dialog.
#[component]
pub fn CreatedKeyView() -> impl IntoView {
    let created_key = CreatedKeyState::expect();
    let close = close_with(created_key, Live::expect());
    move || {
        let shown = created_key.shown()?;
        Some(view! { <NewKey shown on_close=close /> })
    }
}

/// Closes the dialog and refreshes the key lists.
fn close_with(created_key: CreatedKeyState, live: Live) -> impl Fn() + Copy {
    move || {
        created_key.close();
        live.touch();
    }
}

/// The key, with snippets to use it. Warns users who try to leave before saving it.
#[component]
fn NewKey(shown: ShownKey, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let created_key = CreatedKeyState::expect();
    let failed = RwSignal::new(false);
    let on_copied = Callback::new(move |worked: bool| {
        failed.try_set(!worked);
        if worked {
            created_key.note_saved();
        }
    });
    let origin = window().location().origin().unwrap_or_default();
    let command = curl_get(&origin, first_call(works(&shown.key)), &shown.api_key);
    let line = env_line(&shown.api_key);
    let file = env_file(&shown.key.name, &shown.api_key);
    let key_ref = NodeRef::<html::Code>::new();

    // Leaving the page loses the key like closing the dialog does.
    let guard = window_event_listener(ev::beforeunload, move |event| {
        if created_key.is_unsaved() {
            event.prevent_default();
        }
    });
    on_cleanup(move || guard.remove());

    // Runs after the dialog has opened and focused its first button.
    let secret = NodeRef::<html::Div>::new();
    request_animation_frame(move || focus_within(secret, "button"));

    let message = move || {
        if failed.get() {
            Some("The browser did not allow copying. The text is selected: press Ctrl+C or ⌘C.")
        } else if created_key.is_nudged() {
            Some("The key has not been copied yet. Copy it, or confirm that you have saved it.")
        } else {
            None
        }
    };
    view! {
        <div class="dialog__body">
            <p class="notice notice--warning">{format!("⚠️ {}", shown.warning)}</p>
            {shown.note.map(|note| view! { <p>{note}</p> })}
            <div class="secret" node_ref=secret>
                <code
                    class="secret__text"
                    node_ref=key_ref
                    data-testid="new-api-key"
                    aria-label="New API key"
                    role="textbox"
                    aria-readonly="true"
                    tabindex="0"
                >
                    {shown.api_key.clone()}
                </code>
                <CopyButton
                    text=shown.api_key
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
            <FirstRequest key=shown.key />
            <h3 class="wizard__title">"Or keep it in your environment"</h3>
            <Snippet text=line label="Copy .env line" on_copied />
            <Button
                size=ButtonSize::Small
                class="snippet__file"
                icon=IconKind::Download
                on_click=move || on_copied.run(download::save("penguinmails.env", &file))
            >
                "Download .env"
            </Button>
        </div>
        <footer class="dialog__foot">
            <p class="wizard__summary">
                {move || {
                    created_key
                        .is_saved()
                        .then(|| {
                            view! {
                                <Icon kind=IconKind::CircleCheck />
                                "Copied"
                            }
                        })
                }}
            </p>
            <Button variant=ButtonVariant::Primary on_click=move || on_close.run(())>
                "I've Saved My Key"
            </Button>
        </footer>
    }
}

/// Returns the scopes that work today, without those that are pending approval.
fn works(key: &KeyView) -> ScopeSet {
    let pending: ScopeSet = key.pending_permissions.iter().copied().collect();
    granted(key).minus(pending).effective()
}

/// A code snippet with a copy button.
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
