//! The progress indicator of the wizard.

use crate::{
    keys::logic::draft::Step,
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;

/// All steps of the wizard, with the completed ones marked.
#[component]
pub fn Steps(
    /// The current step of the wizard.
    step: RwSignal<Step>,
) -> impl IntoView {
    let draw = move |item: Step| {
        let is_done = move || step.get() > item;
        let is_current = move || step.get() == item;
        let marker = move || {
            if is_done() {
                view! { <Icon kind=IconKind::Check /> }.into_any()
            } else {
                item.number().into_any()
            }
        };
        view! {
            <li
                class="steps__item"
                class:is-done=is_done
                class:is-current=is_current
                aria-current=move || is_current().then_some("step")
            >
                <span class="steps__marker" aria-hidden="true">
                    {marker}
                </span>
                <span class="steps__label">{item.title()}</span>
                <span class="visually-hidden">{move || is_done().then_some(" (done)")}</span>
            </li>
        }
    };
    view! {
        <ol class="steps" role="list" aria-label="Steps">
            {Step::ALL.map(draw).collect_view()}
        </ol>
    }
}
