//! The question before a key is revoked.

use super::{
    busy_button::BusyButton, dialog::Dialog, field::Field, problem_notice::ProblemNotice,
    relative_time::RelativeTime,
};
use crate::{
    api::{self, ApiError},
    logic::number::counted,
    state::{live::Live, sudo::Sudo, toasts::Toasts},
};
use leptos::{ev, prelude::*, task::spawn_local};
use shared::{
    error::ErrorCode,
    key::{Environment, KeyView},
};

/// Asks whether the chosen key is really to be revoked, and revokes it. A live
/// key's name must be typed first.
#[component]
pub fn RevokeDialog(
    /// The key in question; `None` closes the dialog.
    target: RwSignal<Option<KeyView>>,
) -> impl IntoView {
    let title = Signal::derive(move || {
        target.with(|key| {
            key.as_ref()
                .map_or_else(String::new, |key| format!("Revoke {}?", key.name))
        })
    });
    view! {
        <Dialog
            open=Signal::derive(move || target.with(Option::is_some))
            title
            on_dismiss=move || target.set(None)
        >
            {move || target.get().map(|key| view! { <RevokeForm key target /> })}
        </Dialog>
    }
}

#[component]
fn RevokeForm(key: KeyView, target: RwSignal<Option<KeyView>>) -> impl IntoView {
    let (sudo, toasts, live) = (Sudo::expect(), Toasts::expect(), Live::expect());
    let typed = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let is_live = key.environment == Environment::Live;
    let name = StoredValue::new(key.name.clone());
    let id = StoredValue::new(key.id.clone());
    let confirmed = Signal::derive(move || {
        !is_live || name.with_value(|name| typed.with(|typed| typed.trim() == name.trim()))
    });

    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() || !confirmed.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let (id, name) = (id.get_value(), name.get_value());
            match sudo.run(async || api::keys::revoke(&id).await).await {
                Some(Ok(_)) => {
                    toasts.success(format!("“{name}” is revoked."));
                    target.try_set(None);
                    live.touch();
                }
                Some(Err(problem)) if problem.is(ErrorCode::KeyAlreadyRevoked) => {
                    toasts.error(problem.message());
                    target.try_set(None);
                    live.touch();
                }
                Some(Err(problem)) => drop(error.try_set(Some(problem))),
                None => {}
            }
            busy.try_set(false);
        });
    };

    let last_used = key.last_used_at;
    let impact = match key.usage.last_24h {
        0 => "no requests".into(),
        count => counted(count, "request"),
    };
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                <p>
                    "Every request with this key is refused from now on. This cannot be undone."
                </p>
                <dl class="facts">
                    <div>
                        <dt>"Last 24 hours"</dt>
                        <dd>{impact}</dd>
                    </div>
                    <div>
                        <dt>"Last used"</dt>
                        <dd>
                            <RelativeTime at=Signal::stored(last_used) />
                        </dd>
                    </div>
                    <div>
                        <dt>"Key"</dt>
                        <dd>
                            <code class="code">{key.masked_key}</code>
                        </dd>
                    </div>
                </dl>
                {is_live
                    .then(|| {
                        view! {
                            <Field
                                label="Type the key name to confirm"
                                value=typed
                                set_value=typed
                                help=format!("The name is “{}”.", key.name)
                            />
                        }
                    })}
                {move || error.get().map(|error| view! { <ProblemNotice error /> })}
            </div>
            <footer class="dialog__foot">
                <button
                    type="button"
                    class="button button--secondary"
                    autofocus=true
                    on:click=move |_| target.set(None)
                >
                    "Keep Key"
                </button>
                <BusyButton
                    busy
                    disabled=Signal::derive(move || !confirmed.get())
                    look="danger"
                    label="Revoke Key"
                />
            </footer>
        </form>
    }
}
