//! Creating an API key: four steps, then the key, once.

mod basics;
mod expiration;
mod ip_restrictions;
mod steps;
mod success;
mod wizard;
mod wizard_state;

use super::dialog::{Dialog, DialogSize};
use crate::state::live::Live;
use leptos::prelude::*;
use shared::key::CreatedKey;
use success::Success;
use wizard::Wizard;

/// The dialog that creates a key. The key lives in this component's memory alone
/// and is gone when the dialog closes; until it has been copied, only the button
/// "I've Saved My Key" closes it.
#[component]
pub fn KeyGenerationModal(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let live = Live::expect();
    let created = RwSignal::new(None::<CreatedKey>);
    let copied = RwSignal::new(false);
    // Counts the attempts to leave without the key.
    let nudges = RwSignal::new(0_u32);
    let dirty = RwSignal::new(false);
    let busy = RwSignal::new(false);

    let close = move || {
        let had_key = created.with_untracked(Option::is_some);
        open.set(false);
        created.set(None);
        copied.set(false);
        nudges.set(0);
        dirty.set(false);
        if had_key {
            live.touch();
        }
    };
    let dismiss = move || {
        if busy.get_untracked() {
            // Closing now would lose a key that is just being made.
        } else if created.with_untracked(Option::is_some) && !copied.get_untracked() {
            nudges.update(|nudges| *nudges += 1);
        } else {
            close();
        }
    };
    let title = Signal::derive(move || {
        let title = if created.with(Option::is_some) {
            "API Key Created Successfully"
        } else {
            "Create API Key"
        };
        title.to_owned()
    });
    view! {
        <Dialog
            open
            title
            on_dismiss=dismiss
            size=DialogSize::Large
            backdrop_dismisses=Signal::derive(move || !dirty.get() || created.with(Option::is_some))
        >
            {move || match created.get() {
                Some(created) => {
                    view! { <Success created copied nudges on_close=close /> }.into_any()
                }
                None => {
                    view! {
                        <Wizard
                            dirty
                            busy
                            on_created=move |key| created.set(Some(key))
                            on_cancel=close
                        />
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}
