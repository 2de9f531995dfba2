//! Creating an API key: four steps, then the key, once.

mod basics;
mod review;
mod steps;
mod wizard;
mod wizard_state;

use super::{
    dialog::{Dialog, DialogSize},
    new_key::{Fresh, Keeper, NewKey},
};
use crate::{logic::presets::Preset, state::live::Live};
use leptos::prelude::*;
use shared::key::{CreatedKey, warning};
use wizard::Wizard;

/// The dialog that creates a key. The key lives in this component's memory alone
/// and is gone when the dialog closes; until it has been copied, only the button
/// "I've Saved My Key" closes it.
#[component]
pub fn KeyGenerationModal(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What is ticked at first, if not the usual.
    #[prop(optional)]
    template: RwSignal<Option<Preset>>,
) -> impl IntoView {
    let live = Live::expect();
    let created = RwSignal::new(None::<Fresh>);
    let keeper = Keeper::new();
    let dirty = RwSignal::new(false);
    let busy = RwSignal::new(false);

    let close = move || {
        let had_key = created.with_untracked(Option::is_some);
        open.set(false);
        template.set(None);
        created.set(None);
        keeper.reset();
        dirty.set(false);
        if had_key {
            live.touch();
        }
    };
    let dismiss = move || {
        if busy.get_untracked() {
            // Closing now would lose a key that is just being made.
        } else if created.with_untracked(Option::is_none) || keeper.may_close() {
            close();
        }
    };
    let on_created = move |made: CreatedKey| {
        created.set(Some(Fresh {
            api_key: made.api_key,
            warning: warning(made.key.recoverable),
            key: made.key,
            note: None,
        }));
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
                Some(fresh) => view! { <NewKey fresh keeper on_close=close /> }.into_any(),
                None => view! { <Wizard template dirty busy on_created on_cancel=close /> }.into_any(),
            }}
        </Dialog>
    }
}
