//! The second question before something dangerous is ticked.

use crate::ui::{
    dialog::Dialog,
    icon::{Icon, IconKind},
};
use leptos::{ev, prelude::*};
use shared::scope::{Scope, ScopeSet};

/// Takes the matrix's changes, and holds those back that are dangerous until they
/// are confirmed.
#[derive(Clone, Copy)]
pub struct Danger {
    scopes: Signal<ScopeSet>,
    set_scopes: SignalSetter<ScopeSet>,
    /// What would be ticked.
    held: RwSignal<Option<ScopeSet>>,
}

impl Danger {
    /// Nothing is held back.
    pub fn new(scopes: Signal<ScopeSet>, set_scopes: SignalSetter<ScopeSet>) -> Self {
        Self {
            scopes,
            set_scopes,
            held: RwSignal::new(None),
        }
    }

    /// Ticks `wanted`, after a question if that is dangerous.
    pub fn choose(self, wanted: ScopeSet) {
        if self.dangers(wanted).is_empty() {
            self.set_scopes.set(wanted);
        } else {
            self.held.set(Some(wanted));
        }
    }

    /// The same from a tick box, which goes back to what it was for the time of the
    /// question.
    pub fn choose_by_box(self, event: &ev::Event, wanted: ScopeSet) {
        if !self.dangers(wanted).is_empty() {
            let element = event_target::<web_sys::HtmlInputElement>(event);
            element.set_checked(!element.checked());
        }
        self.choose(wanted);
    }

    /// The dangerous ones of `wanted` that are not ticked yet.
    fn dangers(self, wanted: ScopeSet) -> Vec<Scope> {
        let new = wanted.minus(self.scopes.get_untracked());
        new.iter().filter(|scope| scope.is_admin()).collect()
    }

    fn settle(self, confirmed: bool) {
        let held = self.held.get_untracked();
        self.held.set(None);
        if let Some(wanted) = held.filter(|_| confirmed) {
            self.set_scopes.set(wanted);
        }
    }
}

/// Asks whether what is held back is really meant.
#[component]
pub fn DangerDialog(
    /// What is held back.
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
            on_dismiss=move || danger.settle(false)
        >
            <div class="dialog__body">
                <ul class="permissions permissions--dangerous" role="list">
                    {lines}
                </ul>
                <p class="is-secondary">
                    "A program that sends mail or keeps contacts needs none of these. Whoever gets hold of the key has them too."
                </p>
            </div>
            <footer class="dialog__foot">
                <button
                    type="button"
                    class="button button--secondary"
                    autofocus=true
                    on:click=move |_| danger.settle(false)
                >
                    "Leave Out"
                </button>
                <button
                    type="button"
                    class="button button--danger"
                    on:click=move |_| danger.settle(true)
                >
                    "Grant"
                </button>
            </footer>
        </Dialog>
    }
}

/// What someone could do with it who should not have it.
const fn consequence(scope: Scope) -> &'static str {
    match scope {
        Scope::AdminFull => "Everything that all other permissions allow, except bulk sending.",
        Scope::AdminKeys => "Change and revoke your keys, and make new ones to come back with.",
        Scope::AdminBilling => "Change the plan that you pay for.",
        other => other.description(),
    }
}
