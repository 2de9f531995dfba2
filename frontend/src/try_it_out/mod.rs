//! Try It Out: calls an operation from the page that documents it, with one of the user's keys. The
//! browser calls the API directly.

pub mod api;
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
    state::overlays::command_key,
    try_it_out::logic::side_effect::SideEffect,
    ui::icon::{Icon, IconKind},
};
use confirm::ConfirmLive;
use editor::BodyEditor;
use history::RecentCalls;
use key_choice::KeyChoice;
use leptos::{ev, prelude::*};
use parameters::Parameters;
use response::ResponseView;
use shared::{key, reference::Operation};
use std::sync::Arc;
use tester::Tester;

/// The form and the response of an operation.
#[component]
pub fn TryItOut(operation: Arc<Operation>) -> impl IntoView {
    let tester = Tester::new(operation);
    let has_body = tester.operation().body.is_some();
    let consequence = SideEffect::of(&tester.operation());
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
            <form class="tester__form" on:submit=submit on:keydown=on_keydown novalidate=true>
                <KeyChoice tester />
                <Parameters tester />
                {has_body.then(|| view! { <BodyEditor tester /> })}
                <div class="tester__actions">
                    <button
                        type="submit"
                        class="button button--primary"
                        class:is-busy=busy
                        aria-disabled=move || busy.get().then_some("true")
                        aria-busy=move || busy.get().then_some("true")
                        aria-keyshortcuts="Control+Enter Meta+Enter"
                    >
                        <Icon kind=IconKind::Send />
                        "Send Request"
                    </button>
                    <Show when=move || tester.is_sending()>
                        <button
                            type="button"
                            class="button button--secondary"
                            on:click=move |_| tester.cancel()
                        >
                            <Icon kind=IconKind::X />
                            "Cancel"
                        </button>
                    </Show>
                    <span class="tester__hint">
                        <kbd class="kbd">{command_key()}</kbd>
                        <kbd class="kbd">"↵"</kbd>
                    </span>
                </div>
            </form>
            <ResponseView tester />
            <RecentCalls tester />
            {consequence.map(|consequence| view! { <ConfirmLive tester consequence /> })}
        </section>
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
