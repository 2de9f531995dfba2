//! The review of a key before it is created.

use crate::{
    keys::logic::{
        draft::KeyDraft,
        summary::{Fact, key_facts, worst_case},
    },
    state::clock::{self, Clock},
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use reactive_stores::Store;

/// Properties of the key that the draft describes, and the worst case if it leaks.
#[component]
pub fn Review(
    /// Form input of all steps.
    draft: Store<KeyDraft>,
) -> impl IntoView {
    let clock = Clock::expect();
    let facts = Memo::new(move |_| {
        draft.with(|draft| {
            let end = draft.expiry.end(clock.now());
            key_facts(draft, end.map(clock::local))
        })
    });
    let warning = Memo::new(move |_| draft.with(worst_case));
    let fact = |(term, text): Fact| {
        view! {
            <div>
                <dt>{term}</dt>
                <dd class="is-breakable">{text}</dd>
            </div>
        }
    };
    view! {
        <section class="review" aria-label="Summary">
            <h4 class="review__title">
                {move || draft.with(|draft| format!("You are about to create “{}”", draft.name.trim()))}
            </h4>
            <dl class="review__facts">
                {move || facts.get().into_iter().map(fact).collect_view()}
            </dl>
            {move || {
                warning
                    .get()
                    .map(|warning| {
                        view! {
                            <p class="review__warning">
                                <Icon kind=IconKind::Triangle />
                                <span>{warning}</span>
                            </p>
                        }
                    })
            }}
        </section>
    }
}
