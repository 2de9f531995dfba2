//! Error notices, with the remedy and a retry button.

use crate::api::ApiError;
use crate::ui::{
    button::{Button, ButtonSize},
    icon::{Icon, IconKind},
    sentence::Sentence,
};
use leptos::prelude::*;
use shared::number::counted;
use std::time::Duration;

/// Notice with an API error, including connection failures.
#[component]
pub fn ProblemNotice(
    error: ApiError,
    /// Called by the "Try again" button, which is hidden without it.
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
                            <Button
                                size=ButtonSize::Small
                                icon=IconKind::Refresh
                                on_click=move || on_retry.run(())
                            >
                                "Try again"
                            </Button>
                        }
                    })}
            </div>
        </div>
    }
}

/// Remaining time before a retry is allowed.
#[component]
pub fn Countdown(
    /// Seconds from the first render.
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
    // Not announced every second: the surrounding alert is announced once.
    view! {
        <p aria-live="off">
            {move || match left.get() {
                0 => "You can try again now.".to_string(),
                left => format!("Try again in {}.", counted(left.into(), "second")),
            }}
        </p>
    }
}
