//! The dialog that edits a key.

use crate::keys::dialogs::{edit_state::EditState, target_dialog::TargetDialog};
use crate::{
    keys::{
        expiry_input::ExpiryPicker,
        ip_allowlist_input::IpPicker,
        logic::edit::{Change, ChangeKind, KeyEditStoreFields},
        permission_matrix::PermissionMatrix,
    },
    state::session::Session,
    ui::{
        dialog::DialogSize,
        dialog_form::{DialogBody, DialogForm},
        field::{Field, FieldError, FieldKind},
        icon::{Icon, IconKind},
        unique_id::unique_id,
    },
};
use leptos::prelude::*;
use shared::key::{KeyView, NAME_MAX_CHARS};

/// A form with everything that can be changed about a key, permissions first.
#[component]
pub fn EditDialog(
    /// The key to edit; `None` closes the dialog.
    target: RwSignal<Option<KeyView>>,
) -> impl IntoView {
    // `dirty`: there are unsaved changes. `warned`: the user has been warned about them.
    let dirty = RwSignal::new(false);
    let warned = RwSignal::new(false);
    let dismiss = move || {
        if dirty.get_untracked() && !warned.get_untracked() {
            warned.set(true);
        } else {
            target.set(None);
        }
    };
    view! {
        <TargetDialog
            target
            title=|key| format!("Edit {}", key.name)
            size=DialogSize::Large
            on_dismiss=dismiss
            backdrop_dismisses=Signal::derive(move || !dirty.get())
            children=move |key| {
                let state = EditState::new(key, target);
                view! { <EditForm state dirty warned on_cancel=move || target.set(None) /> }
            }
        />
    }
}

#[component]
fn EditForm(
    state: EditState,
    dirty: RwSignal<bool>,
    warned: RwSignal<bool>,
    #[prop(into)] on_cancel: Callback<()>,
) -> impl IntoView {
    let changes = Memo::new(move |_| state.changes());
    Effect::new(move || {
        dirty.set(changes.with(|changes| !changes.is_empty()));
        warned.set(false);
    });
    let error = state.saving.error();
    view! {
        <DialogForm
            class="edit-form"
            footer_class="dialog__foot--joined"
            pending=state.saving.pending()
            error
            on_submit=move || state.save()
            on_cancel
            submit="Save Changes"
            submit_disabled=Signal::derive(move || {
                changes.with(Vec::is_empty) || state.refusal().is_some()
            })
        >
            <DialogBody class="edit-form__body" error>
                <Permissions state />
                <Basics state />
                <Limits state />
            </DialogBody>
            <Diff state changes warned />
        </DialogForm>
    }
}

#[component]
fn Permissions(state: EditState) -> impl IntoView {
    let role = Session::expect().role_untracked();
    let error = state.message("permissions");
    let error_id = unique_id("error");
    view! {
        <section
            node_ref=state.first_section
            class="edit-form__section"
            aria-label="Permissions"
            aria-describedby=error_id
            aria-invalid=move || error.with(Option::is_some).then_some("true")
            tabindex="-1"
        >
            <h3 class="edit-form__title">"Permissions"</h3>
            <FieldError id=error_id.clone() error />
            <PermissionMatrix scopes=state.edit.scopes() role />
        </section>
    }
}

#[component]
fn Basics(state: EditState) -> impl IntoView {
    view! {
        <section class="edit-form__section">
            <h3 class="edit-form__title">"Basic Information"</h3>
            <Field
                label="Key Name"
                value=state.edit.name()
                max_chars=NAME_MAX_CHARS
                error=state.message("name")
            />
            <Field
                label="Description"
                kind=FieldKind::Multiline
                optional=true
                value=state.edit.description()
                error=state.message("description")
            />
        </section>
    }
}

#[component]
fn Limits(state: EditState) -> impl IntoView {
    view! {
        <section class="edit-form__section">
            <h3 class="edit-form__title">"Expiration"</h3>
            <ExpiryPicker expiry=state.edit.expiry() error=state.message("expires_at") />
        </section>
        <section class="edit-form__section">
            <h3 class="edit-form__title">"IP Restrictions"</h3>
            <IpPicker ips=state.edit.ips() error=state.message("ip_allowlist") />
        </section>
    }
}

/// Renders a change as a chip.
fn line(change: Change) -> impl IntoView {
    let (class, icon, word) = match change.kind {
        ChangeKind::Added => ("diff__item is-added", Some(IconKind::Plus), "Added: "),
        ChangeKind::Removed => ("diff__item is-removed", Some(IconKind::Minus), "Removed: "),
        ChangeKind::Changed => ("diff__item", None, ""),
    };
    view! {
        <li class=class>
            {icon.map(|kind| view! { <Icon kind /> })}
            <span class="visually-hidden">{word}</span>
            {change.text}
        </li>
    }
}

/// The pending changes, always visible, and the requirements for saving them.
#[component]
fn Diff(state: EditState, changes: Memo<Vec<Change>>, warned: RwSignal<bool>) -> impl IntoView {
    let effect = move || {
        if changes.with(Vec::is_empty) {
            "Nothing is changed yet.".to_owned()
        } else if warned.get() {
            "These changes are not saved. Save them, or close once more to drop them.".to_owned()
        } else if let Some(why) = state.refusal() {
            format!("{why} You can take permissions away.")
        } else if state.widens() {
            "The key will reach further than now: saving takes your password.".to_owned()
        } else {
            "The key will not reach further than now: no password needed. It counts from the next request on.".to_owned()
        }
    };
    view! {
        <div class="diff" role="status">
            {move || {
                let theirs = state.meanwhile.get();
                (!theirs.is_empty()).then(|| view! { <Meanwhile state theirs /> })
            }}
            <ul class="diff__list" role="list">
                {move || changes.get().into_iter().map(line).collect_view()}
            </ul>
            <p class="diff__effect">{effect}</p>
        </div>
    }
}

/// Changes that someone else made while the dialog was open.
#[component]
fn Meanwhile(state: EditState, theirs: Vec<Change>) -> impl IntoView {
    view! {
        <div class="diff__meanwhile">
            <p class="diff__warning">
                <Icon kind=IconKind::CircleAlert />
                "This key was changed while you edited it. Nothing of yours is saved yet."
            </p>
            <ul class="diff__list" role="list" aria-label="Changed by someone else">
                {theirs.into_iter().map(line).collect_view()}
            </ul>
            <p>
                "Your changes, compared with the key as it is now, are below. Save them on top, or "
                <button
                    type="button"
                    class="link-button"
                    on:click=move |_| state.drop_changes()
                >
                    "drop them"
                </button> "."
            </p>
        </div>
    }
}
