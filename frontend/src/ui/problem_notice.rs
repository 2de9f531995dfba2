//! Why something did not work, and what to do about it.

use crate::ui::{
    icon::{Icon, IconKind},
    sentence::Sentence,
};
use crate::{api::ApiError, format::number::counted};
use leptos::prelude::*;
use std::time::Duration;

/// An error from the server, or that there is none.
#[component]
pub fn ProblemNotice(
    /// The error.
    error: ApiError,
    /// Called to try again; without it there is no such button.
    #[prop(into, optional)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let detail = error.detail();
    view! {
        <div class="notice notice--error" role="alert">
            <Icon kind=IconKind::CircleAlert />
            <div class="notice__body">
                <p class="notice__title">{error.message()}</p>
                {(!detail.is_empty()).then(|| view! { <p><Sentence text=detail /></p> })}
                {error.retry_after().map(|seconds| view! { <Countdown seconds /> })}
                {error
                    .request_id()
                    .map(|id| {
                        view! {
                            <p class="notice__request">
                                "Request " <code class="code">{id}</code>
                            </p>
                        }
                    })}
                {on_retry
                    .map(|on_retry| {
                        view! {
                            <button
                                type="button"
                                class="button button--secondary button--small"
                                on:click=move |_| on_retry.run(())
                            >
                                <Icon kind=IconKind::Refresh />
                                "Try again"
                            </button>
                        }
                    })}
            </div>
        </div>
    }
}

/// How long there is still to wait.
#[component]
pub fn Countdown(
    /// Seconds from now.
    seconds: u32,
) -> impl IntoView {
    let left = RwSignal::new(seconds);
    let tick = set_interval_with_handle(
        move || left.update(|left| *left = left.saturating_sub(1)),
        Duration::from_secs(1),
    );
    on_cleanup(move || {
        if let Ok(tick) = tick {
            tick.clear();
        }
    });
    // Not read out each second: the surrounding alert is, once.
    view! {
        <p aria-live="off">
            {move || match left.get() {
                0 => "You can try again now.".to_string(),
                left => format!("Try again in {}.", counted(left.into(), "second")),
            }}
        </p>
    }
}
