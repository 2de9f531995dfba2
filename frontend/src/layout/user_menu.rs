//! Account menu, with sign-out.

use crate::{
    logic::site_map::ACCOUNT,
    state::{overlays::Overlays, sign_out::sign_out},
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::session::SessionView;
use wasm_bindgen::JsCast;

const MENU_ID: &str = "user-menu";

/// Button with the user's initials that opens a native popover.
#[component]
pub fn UserMenu(
    /// Session of the signed-in user.
    view: SessionView,
) -> impl IntoView {
    let (sign_out, overlays) = (sign_out(), Overlays::expect());
    let SessionView { user, tenant, .. } = view;
    let initials = initials(&user.name);
    view! {
        <button
            type="button"
            class="user-button"
            popovertarget=MENU_ID
            aria-label=format!("Account: {}", user.name)
        >
            <span class="avatar" aria-hidden="true">
                {initials}
            </span>
            <span class="user-button__name" aria-hidden="true">{user.name.clone()}</span>
            <Icon kind=IconKind::ChevronDown />
        </button>
        <div class="menu" id=MENU_ID popover="auto">
            <div class="menu__who">
                <p class="menu__name">{user.name}</p>
                <p class="is-muted is-breakable">{user.email}</p>
            </div>
            <dl class="menu__facts">
                <div>
                    <dt>"Company"</dt>
                    <dd>{tenant.name}</dd>
                </div>
                <div>
                    <dt>"Plan"</dt>
                    <dd>{tenant.plan.label()}</dd>
                </div>
                <div>
                    <dt>"Role"</dt>
                    <dd>{user.role.label()}</dd>
                </div>
            </dl>
            <A href=ACCOUNT attr:class="menu__item" on:click=|_| hide_menu()>
                <Icon kind=IconKind::User />
                "Your account"
            </A>
            <button
                type="button"
                class="menu__item"
                popovertarget=MENU_ID
                popovertargetaction="hide"
                on:click=move |_| overlays.shortcuts.set(true)
            >
                <Icon kind=IconKind::Keyboard />
                "Keyboard shortcuts"
                <kbd class="kbd">"?"</kbd>
            </button>
            <button type="button" class="menu__item" on:click=move |_| sign_out.dispatch(())>
                <Icon kind=IconKind::LogOut />
                "Sign out"
            </button>
        </div>
    }
}

/// Closes the menu when a link in it is used; `popovertarget` only works on buttons.
fn hide_menu() {
    let menu = document().get_element_by_id(MENU_ID);
    if let Some(menu) = menu.and_then(|menu| menu.dyn_into::<web_sys::HtmlElement>().ok()) {
        menu.hide_popover().ok();
    }
}

/// Returns the initials of the first and last name.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).collect()
}
