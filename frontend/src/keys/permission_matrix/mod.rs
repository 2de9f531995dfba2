//! The permission selector of the key forms.

mod arrow_keys;
mod danger;
mod row;

use crate::keys::logic::presets::Preset;
use crate::ui::{
    binding::Binding,
    button::{Button, ButtonSize},
    icon::{Icon, IconKind},
    unique_id::unique_id,
};
use arrow_keys::move_focus;
use danger::{Danger, DangerDialog};
use leptos::prelude::*;
use row::Row;
use shared::{
    role::Role,
    scope::{GROUPS, ScopeGroup, ScopeSet},
};

/// All permissions as check boxes, in collapsible groups, with presets above. Dangerous ones
/// require a confirmation.
#[component]
pub fn PermissionMatrix(
    /// Permissions that are checked.
    #[prop(into)]
    scopes: Binding<ScopeSet>,
    /// Role of the user. Permissions that it can't grant are disabled.
    role: Role,
) -> impl IntoView {
    let danger = Danger::new(scopes);
    let scopes = scopes.value;
    let preset = move |preset: Preset| {
        let wanted = preset.scopes(role);
        view! {
            <Button
                size=ButtonSize::Small
                class="button--narrow"
                pressed=Signal::derive(move || scopes.get() == wanted)
                on_click=move || danger.choose(wanted)
            >
                {preset.label()}
            </Button>
        }
    };
    view! {
        <div class="matrix" on:keydown=move |event| move_focus(&event)>
            <div class="matrix__presets" role="group" aria-label="Presets">
                <span class="is-secondary" aria-hidden="true">
                    "Presets"
                </span>
                {Preset::ALL.map(preset).collect_view()}
            </div>
            {GROUPS.map(|group| view! { <Group group scopes danger role /> }).collect_view()}
            <DangerDialog danger />
        </div>
    }
}

/// A group of permissions, with a check box for all of them.
#[component]
fn Group(group: ScopeGroup, scopes: Signal<ScopeSet>, danger: Danger, role: Role) -> impl IntoView {
    let body_id = unique_id("group");
    let open = RwSignal::new(true);
    let grantable: ScopeSet = group
        .scopes
        .iter()
        .copied()
        .filter(|scope| role.can_grant(*scope))
        .collect();
    let ticked = Memo::new(move |_| {
        let ticked = group.scopes.iter().filter(|s| scopes.get().contains(**s));
        ticked.count()
    });
    let all = Memo::new(move |_| scopes.get().contains_all(grantable));
    let some = move || ticked.get() != 0 && !all.get();
    let toggle_all = move |event| {
        let scopes = scopes.get_untracked();
        danger.choose_by_box(
            &event,
            if all.get_untracked() {
                scopes.minus(grantable)
            } else {
                scopes.union(grantable)
            },
        );
    };
    let is_dangerous = group.scopes.iter().all(|scope| scope.is_admin());
    view! {
        <fieldset class="matrix__group" class:is-dangerous=is_dangerous>
            <legend class="visually-hidden">{group.label}</legend>
            <div class="matrix__head">
                <button
                    type="button"
                    class="matrix__toggle"
                    aria-expanded=move || open.get().to_string()
                    aria-controls=body_id.clone()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    <Icon kind=IconKind::ChevronRight />
                    <span>{group.label}</span>
                    {is_dangerous
                        .then(|| {
                            view! {
                                <span class="badge badge--danger">
                                    <Icon kind=IconKind::Triangle />
                                    "Dangerous"
                                </span>
                            }
                        })}
                    <span class="count count--plain">
                        {move || format!("{} of {}", ticked.get(), group.scopes.len())}
                    </span>
                </button>
                {(!grantable.is_empty())
                    .then(|| {
                        view! {
                            <label class="matrix__all">
                                <input
                                    type="checkbox"
                                    aria-label=format!("All {} permissions", group.label)
                                    prop:checked=all
                                    prop:indeterminate=some
                                    on:change=toggle_all
                                />
                                <span aria-hidden="true">"All"</span>
                            </label>
                        }
                    })}
            </div>
            <div class="matrix__body" id=body_id hidden=move || !open.get()>
                {group
                    .scopes
                    .iter()
                    .map(|scope| view! { <Row scope=*scope scopes danger role /> })
                    .collect_view()}
            </div>
        </fieldset>
    }
}
