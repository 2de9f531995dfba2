use crate::{
    state::{clipboard, toasts::Toasts},
    ui::icon::{Icon, IconKind},
};
use leptos::{html, prelude::*, task::spawn_local};
use std::time::Duration;

/// Time for which the button confirms a copy.
const SHOWN: Duration = Duration::from_secs(2);

/// Copies text to the clipboard. If the browser refuses, selects the text on the page, so that the
/// user can copy it manually.
#[component]
pub fn CopyButton(
    /// Text to copy, read on click.
    #[prop(into)]
    text: Signal<String>,
    /// Accessible name, and the button's text with `with_text`.
    label: &'static str,
    /// Shows the label next to the icon.
    #[prop(optional)]
    with_text: bool,
    /// Element with the text on the page, selected if copying fails.
    source: NodeRef<html::Code>,
    /// Called with `true` on success.
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
