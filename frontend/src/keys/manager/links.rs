//! Actions that a link to the page can trigger. They are removed from the URL once handled, so that
//! a reload doesn't repeat them.

use crate::keys::manager::{
    filters::{UrlFilters, param},
    key_list::KeyList,
};
use crate::{
    keys::{
        creation::KeyCreation,
        dialogs::KeyDialogs,
        logic::{action::KeyAction, presets::Preset, rights::refusal},
    },
    state::{session::Session, toasts::Toasts},
};
use leptos::prelude::*;

/// Handles `?key=…&action=rotate`: opens the action's dialog once the key is loaded.
pub fn follow_action(filters: UrlFilters, keys: KeyList, dialogs: KeyDialogs) {
    let (action, set_action) = param("action");
    let role = Session::expect().role_untracked();
    let toasts = Toasts::expect();
    Effect::new(move || {
        let wanted = action.with(|verb| verb.as_deref().and_then(KeyAction::of_verb));
        let (Some(wanted), Some(id)) = (wanted, filters.key.get()) else {
            return;
        };
        let shown = keys.keys().unwrap_or_default();
        let Some(key) = shown.into_iter().find(|key| key.id.as_str() == id) else {
            return;
        };
        set_action.set(None);
        if let Some(why) = refusal(wanted, role, &key) {
            toasts.error(why);
        } else if KeyAction::possible(key.status).contains(&wanted) {
            dialogs.open(wanted, key);
        }
    });
}

/// Handles `?template=email-sending`: opens the wizard with a preset.
pub fn follow_template(creation: KeyCreation) {
    let (name, set_name) = param("template");
    Effect::new(move || {
        let wanted = name.with(|name| name.as_deref().and_then(Preset::of_template));
        if let Some(preset) = wanted {
            set_name.set(None);
            creation.begin_with(preset);
        }
    });
}
