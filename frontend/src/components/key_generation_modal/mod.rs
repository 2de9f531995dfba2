//! Creating an API key: four steps, then the key, once.

mod basics;
mod review;
mod steps;
mod wizard;
mod wizard_state;

use super::{
    dialog::{Dialog, DialogSize},
    focus::focus_soon,
    new_key::{Fresh, Keeper, NewKey},
    skeletons::CardSkeletons,
};
use crate::{
    chunks::{KEYS, KeysView},
    state::{key_creation::KeyCreation, live::Live},
};
use leptos::prelude::*;
use shared::key::{CreatedKey, warning};
use wizard::Wizard;

/// What the dialog and the view in it have in common.
#[derive(Clone, Copy)]
pub struct Creation {
    created: RwSignal<Option<Fresh>>,
    keeper: Keeper,
    dirty: RwSignal<bool>,
    busy: RwSignal<bool>,
    on_close: Callback<()>,
}

/// The dialog that creates a key. The key lives in this component's memory alone
/// and is gone when the dialog closes; until it has been copied, only the button
/// "I've Saved My Key" closes it.
#[component]
pub fn KeyGenerationModal() -> impl IntoView {
    let (live, creation) = (Live::expect(), KeyCreation::expect());
    let created = RwSignal::new(None::<Fresh>);
    let keeper = Keeper::new();
    let dirty = RwSignal::new(false);
    let busy = RwSignal::new(false);

    let close = move || {
        let had_key = created.with_untracked(Option::is_some);
        creation.close();
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
    let title = Signal::derive(move || {
        let title = if created.with(Option::is_some) {
            "API Key Created Successfully"
        } else {
            "Create API Key"
        };
        title.to_owned()
    });
    let view = Creation {
        created,
        keeper,
        dirty,
        busy,
        on_close: Callback::new(move |()| close()),
    };
    view! {
        <Dialog
            open=creation.is_open()
            title
            on_dismiss=dismiss
            size=DialogSize::Large
            backdrop_dismisses=Signal::derive(move || !dirty.get() || created.with(Option::is_some))
        >
            {KEYS.view(KeysView::Creation(view), CreationSkeleton)}
        </Dialog>
    }
}

#[component]
fn CreationSkeleton() -> impl IntoView {
    view! {
        <div class="dialog__body wizard__body">
            <CardSkeletons />
        </div>
    }
}

/// What is in the dialog: the form, and then the key.
#[component]
pub fn CreationView(
    /// What the dialog knows.
    creation: Creation,
) -> impl IntoView {
    let Creation {
        created,
        keeper,
        dirty,
        busy,
        on_close,
    } = creation;
    let key_creation = KeyCreation::expect();
    // It may come after the dialog has opened and looked for what to focus.
    focus_soon(".wizard [autofocus]");
    let on_created = move |made: CreatedKey| {
        key_creation.forget();
        created.set(Some(Fresh {
            api_key: made.api_key,
            warning: warning(made.key.recoverable),
            key: made.key,
            note: None,
        }));
    };
    move || match created.get() {
        Some(fresh) => view! { <NewKey fresh keeper on_close /> }.into_any(),
        None => view! { <Wizard dirty busy on_created on_cancel=on_close /> }.into_any(),
    }
}
