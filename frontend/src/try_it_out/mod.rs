//! Try It Out: calls an operation from the page that documents it, with one of the user's keys. The
//! browser calls the API directly.

pub mod api;
mod call;
mod confirm;
mod editor;
mod history;
mod key_choice;
mod keys;
pub mod logic;
mod parameters;
mod response;
pub mod state;
mod status;
mod tester;

use crate::{
    docs::code_language::CodeLanguage,
    state::{overlays::command_key, toasts::Toasts},
    try_it_out::logic::side_effect::SideEffect,
    ui::{
        button::{Button, ButtonVariant},
        copy_button::CopyButton,
        dialog::{Dialog, DialogSize},
        icon::{Icon, IconKind},
    },
};
use confirm::ConfirmLive;
use editor::BodyEditor;
use history::RecentCalls;
use key_choice::KeyChoice;
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use parameters::Parameters;
use response::ResponseView;
use shared::{key, reference::Operation};
use state::TryIt;
use std::sync::Arc;
use tester::Tester;

/// The form and the response of an operation. On a phone they open as a sheet.
#[component]
pub fn TryItOut(operation: Arc<Operation>) -> impl IntoView {
    let tester = Tester::new(operation);
    let is_phone = TryIt::expect().is_phone;
    let side_effect = SideEffect::of(&tester.operation());
    view! {
        <section
            class="tester card"
            class:is-live=move || tester.is_live()
            id="try-it-out"
            aria-labelledby="try-it-out-title"
        >
            <header class="tester__head">
                <h2 class="panel__title" id="try-it-out-title">
                    "Try It Out"
                </h2>
                <Environment tester />
            </header>
            {move || {
                if is_phone.get() {
                    view! { <Sheet tester /> }.into_any()
                } else {
                    view! { <Form tester /> }.into_any()
                }
            }}
            {side_effect.map(|side_effect| view! { <ConfirmLive tester side_effect /> })}
        </section>
    }
}

/// A button that opens the form. So does the anchor of Try It Out.
#[component]
fn Sheet(tester: Tester) -> impl IntoView {
    let location = use_location();
    let navigate = StoredValue::new_local(use_navigate());
    let open = RwSignal::new(false);
    Effect::new(move || {
        if location.hash.with(|hash| hash == "#try-it-out") {
            open.set(true);
        }
    });
    let close = move || {
        open.set(false);
        let path = location.pathname.get_untracked();
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate.with_value(|navigate| navigate(&path, options));
    };
    view! {
        <div class="tester__form">
            <Button
                variant=ButtonVariant::Primary
                icon=IconKind::Send
                on_click=move || open.set(true)
            >
                "Try it"
            </Button>
        </div>
        <Dialog open=open title="Try It Out" on_dismiss=close size=DialogSize::Side>
            <div class="tester__sheet">
                <Form tester />
            </div>
        </Dialog>
    }
}

#[component]
fn Form(tester: Tester) -> impl IntoView {
    let has_body = tester.operation().body.is_some();
    let busy = tester.busy();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        tester.send();
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            tester.send();
        }
    };
    view! {
        <form node_ref=tester.form class="tester__form" on:submit=submit on:keydown=on_keydown novalidate=true>
            <KeyChoice tester />
            <Parameters tester />
            {has_body.then(|| view! { <BodyEditor tester /> })}
            <div class="tester__actions">
                <Button
                    submit=true
                    variant=ButtonVariant::Primary
                    icon=IconKind::Send
                    busy
                    attr:aria-keyshortcuts="Control+Enter Meta+Enter"
                >
                    "Send Request"
                </Button>
                <Show when=move || tester.is_sending()>
                    <Button icon=IconKind::X on_click=move || tester.cancel()>
                        "Cancel"
                    </Button>
                </Show>
                <CopyAsCode tester />
                <span class="tester__hint">
                    <kbd class="kbd">{command_key()}</kbd>
                    <kbd class="kbd">"↵"</kbd>
                </span>
            </div>
        </form>
        <ResponseView tester />
        <RecentCalls tester />
    }
}

/// Copies the request as code, with the key if one was pasted.
#[component]
fn CopyAsCode(tester: Tester) -> impl IntoView {
    let (language, toasts) = (CodeLanguage::expect(), Toasts::expect());
    let text = Signal::derive(move || tester.as_code(language.get_untracked()));
    let on_result = move |worked| match (worked, tester.has_pasted_key()) {
        (true, true) => {
            toasts.success("Copied with your key. Keep it where others cannot read it.");
        }
        (true, false) => toasts.success("Copied to the clipboard."),
        (false, _) => toasts.error("The browser did not allow copying."),
    };
    view! {
        <CopyButton
            text
            label="Copy as code"
            with_text=true
            source=NodeRef::new()
            on_result=Callback::new(on_result)
        />
    }
}

/// Badge that shows if calls affect production data.
#[component]
fn Environment(tester: Tester) -> impl IntoView {
    move || {
        tester.environment().map(|environment| {
            if environment == key::Environment::Live {
                view! {
                    <span class="badge badge--danger">
                        <Icon kind=IconKind::Globe />
                        "Production: calls are real"
                    </span>
                }
                .into_any()
            } else {
                view! {
                    <span class="badge badge--outline">
                        <Icon kind=IconKind::Flask />
                        "Test: emails are never sent"
                    </span>
                }
                .into_any()
            }
        })
    }
}
