//! The confirmation dialogs: disable, enable, approve, narrow.

use crate::{
    api::{self, ApiError},
    keys::{
        dialogs::target_dialog::TargetDialog,
        logic::{action::KeyAction, edit::granted},
        permission_list::ScopeList,
    },
    state::{live::Live, mutation::Mutation, toasts::Toasts},
    ui::{
        button::ButtonVariant,
        dialog_form::{DialogBody, DialogForm},
        relative_time::RelativeTime,
    },
};
use leptos::prelude::*;
use shared::number::counted;
use shared::{
    key::{KeyView, UpdateKey},
    scope::ScopeSet,
};

/// Asks for confirmation of an action that a single click shouldn't trigger.
#[component]
pub fn ConfirmDialog(
    /// The action and its key; `None` closes the dialog.
    target: RwSignal<Option<(KeyAction, KeyView)>>,
) -> impl IntoView {
    view! {
        <TargetDialog
            target
            title
            children=move |(action, key)| view! { <Form action key target /> }
        />
    }
}

fn title((action, key): &(KeyAction, KeyView)) -> String {
    let name = &key.name;
    match action {
        KeyAction::Approve => format!("Approve bulk sending for {name}?"),
        KeyAction::Narrow => {
            let count = counted(key.unused_permissions.len() as u64, "unused permission");
            format!("Remove {count} of {name}?")
        }
        action => format!("{} {name}?", action.label()),
    }
}

#[component]
fn Form(
    action: KeyAction,
    key: KeyView,
    target: RwSignal<Option<(KeyAction, KeyView)>>,
) -> impl IntoView {
    let (toasts, live) = (Toasts::expect(), Live::expect());
    let confirmed = Mutation::new(
        async move |key: &KeyView| perform(action, key).await,
        move |key, _| {
            toasts.success(done(action, &key.name));
            target.set(None);
            live.touch();
        },
    );
    let label = match action {
        KeyAction::Narrow => format!("Remove {}", key.unused_permissions.len()),
        action => action.label().into(),
    };
    let variant = match action {
        KeyAction::Disable => ButtonVariant::Danger,
        _ => ButtonVariant::Primary,
    };
    let content = content(action, &key);
    let error = confirmed.error();
    view! {
        <DialogForm
            pending=confirmed.pending()
            error
            on_submit=move || confirmed.dispatch(key.clone())
            on_cancel=move || target.set(None)
            submit=label
            variant
            focus_cancel=true
        >
            <DialogBody error>{content}</DialogBody>
        </DialogForm>
    }
}

/// Describes the consequences of an action.
fn content(action: KeyAction, key: &KeyView) -> AnyView {
    match action {
        KeyAction::Disable => view! {
            <p>"Requests with this key are refused until you enable it again."</p>
            <Impact key=key.clone() />
        }
        .into_any(),
        KeyAction::Enable => {
            view! { <p>"Requests with this key are let in again, from the next one on."</p> }
                .into_any()
        }
        KeyAction::Approve => view! {
            <p>
                "The key can then start campaigns, which send emails to many contacts at once. Programs that use it need no further approval."
            </p>
            <ScopeList scopes=key.pending_permissions.clone() />
        }
        .into_any(),
        _ => view! {
            <p>"All that this key did in the last 30 days would have worked without these."</p>
            <ScopeList scopes=key.unused_permissions.clone() />
        }
        .into_any(),
    }
}

/// Recent usage of the key, to judge the impact of disabling or revoking it.
#[component]
pub fn Impact(
    /// A snapshot, not updated live.
    key: KeyView,
) -> impl IntoView {
    let calls = match key.usage.last_24h {
        0 => "No requests".into(),
        count => counted(count, "request"),
    };
    let at = key.last_used_at;
    view! {
        <dl class="facts">
            <div>
                <dt>"Last 24 hours"</dt>
                <dd>{calls}</dd>
            </div>
            <div>
                <dt>"Last used"</dt>
                <dd>
                    <RelativeTime at=Signal::stored(at) />
                    {key.last_used_address.map(|address| format!(" from {address}"))}
                </dd>
            </div>
            <div>
                <dt>"Key"</dt>
                <dd>
                    <code class="code">{key.masked_key}</code>
                </dd>
            </div>
        </dl>
    }
}

async fn perform(action: KeyAction, key: &KeyView) -> Result<KeyView, ApiError> {
    match action {
        KeyAction::Disable => api::keys::disable(&key.id).await,
        KeyAction::Enable => api::keys::enable(key).await,
        KeyAction::Approve => api::keys::approve(key).await,
        _ => {
            let unused: ScopeSet = key.unused_permissions.iter().copied().collect();
            let change = UpdateKey {
                permissions: Some(granted(key).minus(unused).iter().collect()),
                ..UpdateKey::default()
            };
            api::keys::update(key, &change).await
        }
    }
}

fn done(action: KeyAction, name: &str) -> String {
    match action {
        KeyAction::Disable => format!("“{name}” is disabled."),
        KeyAction::Enable => format!("“{name}” works again."),
        KeyAction::Approve => format!("Bulk sending is approved for “{name}”."),
        _ => format!("“{name}” keeps only the permissions that it uses."),
    }
}
