//! A button that copies, and says truthfully whether that worked.

use crate::{
    state::{clipboard, toasts::Toasts},
    ui::icon::{Icon, IconKind},
};
use leptos::{html, prelude::*, task::spawn_local};
use std::time::Duration;

/// How long the button shows that it has copied.
const SHOWN: Duration = Duration::from_secs(2);

/// Copies a text. If the browser refuses, the text on the page is selected
/// instead, so that it can be copied by hand.
#[component]
pub fn CopyButton(
    /// What to copy.
    #[prop(into)]
    text: Signal<String>,
    /// What the button is called.
    label: &'static str,
    /// Whether the name stands in the button, or only the icon does.
    #[prop(optional)]
    with_text: bool,
    /// Where the text stands on the page.
    source: NodeRef<html::Code>,
    /// Called with whether it worked.
    #[prop(into, optional)]
    on_result: Option<Callback<bool>>,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            let worked = clipboard::copy(&text).await;
            if let Some(on_result) = on_result {
                on_result.try_run(worked);
            }
            if worked {
                copied.try_set(true);
                let reset = move || {
                    copied.try_set(false);
                };
                set_timeout(reset, SHOWN);
                if on_result.is_none() {
                    toasts.success("Copied to the clipboard.");
                }
            } else {
                if let Some(element) = source.try_get_untracked().flatten() {
                    clipboard::select_text(&element);
                }
                if on_result.is_none() {
                    toasts.error(
                        "The browser did not allow copying. The text is selected: press Ctrl+C or ⌘C.",
                    );
                }
            }
        });
    };
    let icon = Signal::derive(move || {
        if copied.get() {
            IconKind::Check
        } else {
            IconKind::Copy
        }
    });
    view! {
        <button
            type="button"
            class=if with_text { "button button--secondary" } else { "icon-button icon-button--small" }
            class:is-copied=copied
            aria-label=label
            title=(!with_text).then_some(label)
            on:click=copy
        >
            <Icon kind=icon />
            {with_text
                .then(|| {
                    view! {
                        <span>{move || if copied.get() { "Copied" } else { label }}</span>
                    }
                })}
        </button>
    }
}
