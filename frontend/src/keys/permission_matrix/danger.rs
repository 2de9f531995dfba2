//! The confirmation before a dangerous permission is granted.

use crate::ui::{
    binding::Binding,
    button::{Button, ButtonVariant},
    dialog::Dialog,
    icon::{Icon, IconKind},
};
use leptos::{ev, prelude::*};
use shared::scope::{Scope, ScopeSet};

/// Applies the matrix's changes, but holds back dangerous ones until they are confirmed.
#[derive(Clone, Copy)]
pub struct Danger {
    scopes: Binding<ScopeSet>,
    /// Selection that waits for confirmation.
    held: RwSignal<Option<ScopeSet>>,
}

impl Danger {
    /// Creates the state without a pending selection.
    pub fn new(scopes: Binding<ScopeSet>) -> Self {
        Self {
            scopes,
            held: RwSignal::new(None),
        }
    }

    /// Applies `wanted`, after a confirmation if it is dangerous.
    pub fn choose(self, wanted: ScopeSet) {
        if self.dangers(wanted).is_empty() {
            self.scopes.set.set(wanted);
        } else {
            self.held.set(Some(wanted));
        }
    }

    /// Like [`Self::choose`], for a check box. It is reset while the confirmation is open.
    pub fn choose_by_box(self, event: &ev::Event, wanted: ScopeSet) {
        if !self.dangers(wanted).is_empty() {
            let element = event_target::<web_sys::HtmlInputElement>(event);
            element.set_checked(!element.checked());
        }
        self.choose(wanted);
    }

    /// Returns the dangerous scopes in `wanted` that aren't selected yet.
    fn dangers(self, wanted: ScopeSet) -> Vec<Scope> {
        let new = wanted.minus(self.scopes.value.get_untracked());
        new.iter().filter(|scope| scope.is_admin()).collect()
    }

    /// Applies the pending selection, with or without its dangerous scopes.
    fn settle(self, with_dangers: bool) {
        let Some(mut wanted) = self.held.get_untracked() else {
            return;
        };
        if !with_dangers {
            wanted = wanted.minus(ScopeSet::of(&self.dangers(wanted)));
        }
        self.held.set(None);
        self.scopes.set.set(wanted);
    }

    /// Drops the pending selection.
    fn cancel(self) {
        self.held.set(None);
    }
}

/// Asks for confirmation of the pending selection.
#[component]
pub fn DangerDialog(
    /// Holds the pending selection.
    danger: Danger,
) -> impl IntoView {
    let line = |scope: Scope| {
        view! {
            <li class="permission">
                <Icon kind=IconKind::Triangle />
                <span>
                    <strong class="permission__label">{scope.label()}</strong>
                    <span class="permission__text">{consequence(scope)}</span>
                </span>
            </li>
        }
    };
    let lines = move || {
        let held = danger.held.get().unwrap_or_default();
        danger.dangers(held).into_iter().map(line).collect_view()
    };
    view! {
        <Dialog
            open=Signal::derive(move || danger.held.with(Option::is_some))
            title="Grant dangerous permissions?"
            on_dismiss=move || danger.cancel()
        >
            <div class="dialog__body">
                <ul class="permissions permissions--dangerous" role="list">
                    {lines}
                </ul>
                <p class="is-secondary">
                    "A program that sends emails or manages contacts needs none of these. Anyone who gets the key has them too."
                </p>
            </div>
            <footer class="dialog__foot">
                <Button autofocus=true on_click=move || danger.settle(false)>
                    "Leave Out"
                </Button>
                <Button variant=ButtonVariant::Danger on_click=move || danger.settle(true)>
                    "Grant"
                </Button>
            </footer>
        </Dialog>
    }
}

/// Describes the abuse that a scope allows.
const fn consequence(scope: Scope) -> &'static str {
    match scope {
        Scope::AdminFull => "Everything that all other permissions allow, except bulk sending.",
        Scope::AdminKeys => "Change and revoke your keys, and make new ones to come back with.",
        Scope::AdminBilling => "Change the plan that you pay for.",
        other => other.description(),
    }
}
