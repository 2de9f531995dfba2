//! The choice of the key for calls.

use crate::try_it_out::tester::Tester;
use crate::{
    try_it_out::{
        logic::credential::{environment_of, pick_key},
        state::Choice,
    },
    ui::{
        button::{Button, ButtonSize},
        icon::{Icon, IconKind},
        problem_notice::ProblemNotice,
        unique_id::unique_id,
    },
};
use leptos::{ev, html, prelude::*};
use shared::{
    ids::KeyId,
    key::{CreateKey, Environment, KeyView},
    scope::Scope,
};

/// Option value for a pasted key. It can't collide with key ids, which have a prefix.
const PASTE: &str = "paste";

/// Drop-down of the company's keys, and a field to paste another one.
#[component]
pub fn KeyChoice(tester: Tester) -> impl IntoView {
    let memory = tester.memory();
    let id = unique_id("tester-key");
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described_by = format!("{error_id} {hint_id}");
    let is_pasted = Memo::new(move |_| memory.choice.get() == Choice::Pasted);
    let keys = Memo::new(move |_| tester.keys().data().unwrap_or_default());
    let chosen = Memo::new(move |_| {
        if is_pasted.get() {
            PASTE.to_owned()
        } else {
            tester.key().map_or(String::new(), |key| key.id.to_string())
        }
    });
    let select = NodeRef::<html::Select>::new();
    let pasted = NodeRef::<html::Input>::new();
    // Browsers change the selection when options are added or removed, so restore it after each
    // render.
    Effect::new(move || {
        keys.with(|_| ());
        chosen.with(|_| ());
        request_animation_frame(move || {
            let select = select.try_get_untracked().flatten();
            if let (Some(select), Some(chosen)) = (select, chosen.try_get_untracked()) {
                select.set_value(&chosen);
            }
        });
    });
    let choose = move |event: ev::Event| {
        tester.key_error.set(None);
        let value = event_target_value(&event);
        if value != PASTE {
            memory.choice.set(Choice::Own(KeyId::new(value)));
            return;
        }
        memory.choice.set(Choice::Pasted);
        // The field isn't rendered yet.
        request_animation_frame(move || {
            if let Some(field) = pasted.try_get_untracked().flatten() {
                field.focus().ok();
            }
        });
    };
    let group = move |environment: Environment| {
        let keys = keys
            .get()
            .into_iter()
            .filter(move |key| key.environment == environment);
        let options: Vec<_> = keys.map(key_option).collect();
        let label = match environment {
            Environment::Test => "Test keys",
            Environment::Live => "Production keys",
        };
        (!options.is_empty()).then(|| view! { <optgroup label=label>{options}</optgroup> })
    };
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>
                "API Key"
            </label>
            <select
                node_ref=select
                class="input"
                id=id.clone()
                aria-describedby=described_by
                aria-invalid=move || {
                    (!is_pasted.get() && tester.key_error.with(Option::is_some)).then_some("true")
                }
                on:change=choose
            >
                // Placeholder, shown until a key is selected.
                <option value="" selected=true disabled=true hidden=true>
                    "Choose a key…"
                </option>
                {move || [Environment::Test, Environment::Live].map(group)}
                <option value=PASTE>"Paste a key…"</option>
            </select>
            <p class="field__error" id=error_id role="alert">
                // For a pasted key, the message is shown below its field.
                {move || if is_pasted.get() { None } else { tester.key_error.get() }}
            </p>
            <div class="field__help" id=hint_id>
                {move || hint(tester)}
            </div>
        </div>
        <Show when=move || is_pasted.get()>
            <PastedKey tester node=pasted />
        </Show>
        <CreateTestKey tester />
        {move || tester.keys().error().map(|error| {
            view! { <ProblemNotice error on_retry=move || tester.keys().retry() /> }
        })}
        {move || tester.error().map(|error| view! { <ProblemNotice error /> })}
    }
}

fn key_option(key: KeyView) -> impl IntoView {
    let label = format!("{} · {}", key.name, key.masked_key);
    view! { <option value=key.id.to_string()>{label}</option> }
}

/// Renders the warnings and notes about the selected key.
fn hint(tester: Tester) -> AnyView {
    let Some(key) = tester.key() else {
        return ().into_any();
    };
    if let Some(why) = tester.refusal(&key) {
        return view! {
            <span class="tester__warning">
                <Icon kind=IconKind::Triangle />
                {why}
            </span>
        }
        .into_any();
    }
    let missing_scopes = tester.missing_scopes(&key);
    if missing_scopes.is_empty() {
        let text =
            "A token replaces the key for five minutes. The key itself is never in the browser.";
        return text.into_any();
    }
    let names: Vec<_> = missing_scopes.into_iter().map(Scope::label).collect();
    view! {
        <span class="tester__warning">
            <Icon kind=IconKind::Triangle />
            {format!("A token for this key lacks {}: the call will be refused.", names.join(", "))}
        </span>
    }
    .into_any()
}

/// Field for a key that isn't in the list, or for users who want to test the key itself instead of
/// a playground token.
#[component]
fn PastedKey(tester: Tester, node: NodeRef<html::Input>) -> impl IntoView {
    let memory = tester.memory();
    let id = unique_id("tester-pasted");
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let described_by = format!("{error_id} {help_id}");
    let looks_wrong = Memo::new(move |_| {
        memory
            .pasted
            .with(|key| !key.trim().is_empty() && environment_of(key).is_err())
    });
    let message = move || {
        if looks_wrong.get() {
            let fault = memory.pasted.with(|key| environment_of(key)).err();
            fault.map(str::to_owned)
        } else {
            tester.key_error.get()
        }
    };
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>
                "Pasted key"
            </label>
            <input
                node_ref=node
                class="input input--mono"
                id=id.clone()
                type="password"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder="pm_test_…"
                aria-describedby=described_by
                aria-invalid=move || message().is_some().then_some("true")
                prop:value=memory.pasted
                on:input=move |event| {
                    tester.key_error.set(None);
                    memory.pasted.set(event_target_value(&event));
                }
            />
            <p class="field__error" id=error_id role="alert">
                {message}
            </p>
            <p class="field__help" id=help_id>
                "Kept in this page’s memory only, and forgotten when you leave the documentation."
            </p>
        </div>
    }
}

/// Offers to create a test key if no test key has the required scopes.
#[component]
fn CreateTestKey(tester: Tester) -> impl IntoView {
    let is_needed = Memo::new(move |_| {
        let keys = tester.keys().data();
        let operation = tester.operation();
        keys.is_some_and(|keys| pick_key(tester.role(), &keys, &operation.scopes).is_none())
    });
    let create = move || {
        let operation = tester.operation();
        let scopes = operation
            .scopes
            .fewest()
            .filter_map(|name| name.parse().ok());
        let mut permissions: Vec<Scope> = scopes.collect();
        if permissions.is_empty() {
            permissions.push(Scope::ContactsRead);
        }
        let request = CreateKey {
            name: format!("Try It Out: {}", operation.listed.id),
            description: "Made on the documentation’s page to try an operation out.".into(),
            environment: Environment::Test,
            permissions,
            expires_at: None,
            expires_in_days: Some(30),
            ip_allowlist: Vec::new(),
            recoverable: false,
        };
        tester.create_key(request);
    };
    view! {
        <Show when=move || is_needed.get()>
            <div class="notice notice--info">
                <Icon kind=IconKind::Flask />
                <div class="notice__body">
                    <p>
                        "No test key is allowed to do this. Calls with a test key use separate data, and their emails are never sent."
                    </p>
                    <Button size=ButtonSize::Small icon=IconKind::Plus on_click=create>
                        "Create a test key"
                    </Button>
                </div>
            </div>
        </Show>
    }
}
