//! Navigation of the sidebar and the drawer.

use crate::{
    logic::site_map::{
        ACCOUNT, BILLING, ERRORS, ESP_WEBHOOKS, KEYS, PAGES, Page, Section, USAGE, WEBHOOKS,
    },
    state::{session::Session, sidebar::SidebarState},
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::{docs::DOCS, role::Role};

/// Links to the pages that the user may open, by section.
#[component]
pub fn Nav() -> impl IntoView {
    view! {
        <nav class="nav" aria-label="Settings">
            {Section::ALL.map(|section| view! { <NavSection section /> }).collect_view()}
        </nav>
    }
}

#[component]
fn NavSection(section: Section) -> impl IntoView {
    let session = Session::expect();
    let loading = session.is_loading();
    let sidebar = SidebarState::expect();
    // Shows all pages while loading: most users may open them all, so nothing shifts.
    let is_open = move |page: &Page| {
        let role = session.view().map(|view| view.user.role);
        // Users with access to the documentation find the error codes there.
        let is_inside_docs =
            page.path == ERRORS && (loading.get() || role >= Some(Role::Developer));
        !is_inside_docs && (loading.get() || page.is_open_to(role))
    };
    let pages = move || PAGES.iter().filter(move |page| page.section == section);
    let item = move |page: &'static Page| {
        view! {
            <Show when=move || is_open(page)>
                <li>
                    <A
                        href=page.path
                        exact=page.path != DOCS
                        attr:class="nav__link"
                        attr:title=page.label
                        on:click=move |_| sidebar.drawer_open.set(false)
                    >
                        <Icon kind=icon(page) />
                        <span class="nav__label">{page.label}</span>
                    </A>
                </li>
            </Show>
        }
    };
    view! {
        <Show when=move || pages().any(is_open)>
            <section class="nav__section">
                <p class="nav__heading">{section.label()}</p>
                <ul role="list">{pages().map(item).collect_view()}</ul>
            </section>
        </Show>
    }
}

fn icon(page: &Page) -> IconKind {
    match page.path {
        KEYS => IconKind::Key,
        USAGE => IconKind::ChartLine,
        DOCS | ERRORS => IconKind::Book,
        WEBHOOKS => IconKind::Webhook,
        ESP_WEBHOOKS => IconKind::Plug,
        BILLING => IconKind::CreditCard,
        ACCOUNT => IconKind::User,
        _ => IconKind::LayoutDashboard,
    }
}
