//! The dialog that creates a key, in four steps.

mod basics;
mod review;
mod steps;
pub mod wizard;
mod wizard_state;

use crate::ui::{
    dialog::{Dialog, DialogSize},
    skeletons::CardSkeletons,
};
use crate::{
    chunks::{KEYS, KeysView},
    keys::{
        created_key_state::{CreatedKeyState, ShownKey},
        creation::KeyCreation,
    },
};
use leptos::prelude::*;
use shared::key::{CreatedKey, warning};
use wizard::Wizard;

/// State shared by the dialog and its content.
#[derive(Clone, Copy)]
pub struct Creation {
    dirty: RwSignal<bool>,
    on_close: Callback<()>,
}

/// The dialog that creates a key.
#[component]
pub fn KeyGenerationModal() -> impl IntoView {
    let creation = KeyCreation::expect();
    let dirty = RwSignal::new(false);
    let close = move || {
        creation.close();
        dirty.set(false);
    };
    let view = Creation {
        dirty,
        on_close: Callback::new(move |()| close()),
    };
    view! {
        <Dialog
            open=creation.is_open()
            title="Create API Key"
            on_dismiss=close
            size=DialogSize::Large
            backdrop_dismisses=Signal::derive(move || !dirty.get())
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

/// Content of the dialog: the wizard, which opens the created key's dialog when done.
#[component]
pub fn CreationView(
    /// State shared with the dialog.
    creation: Creation,
) -> impl IntoView {
    let Creation { dirty, on_close } = creation;
    let created_key = CreatedKeyState::expect();
    let on_created = move |made: CreatedKey| {
        on_close.run(());
        created_key.show(ShownKey {
            title: "API Key Created Successfully",
            api_key: made.api_key,
            warning: warning(made.key.recoverable),
            key: made.key,
            note: None,
        });
    };
    view! { <Wizard dirty on_created on_cancel=on_close /> }
}
