//! The API documentation: sidebar, top bar and pages. Guides and operations are articles, rendered
//! by the server; the other pages list them.

mod anchor;
mod article;
mod article_controls;
pub mod code_language;
mod docs_head;
mod endpoint;
pub mod error_catalogue;
mod group;
mod guide_skeleton;
mod landing;
mod legacy_link;
mod logic;
mod reader;
mod search;
mod sidebar;
pub mod state;

pub use anchor::follow_anchor;
pub use article::ArticlePage;
pub use endpoint::Endpoint;
pub use group::EndpointGroup;
pub use landing::DocsLanding;
pub use legacy_link::LegacyLink;

use crate::{docs::state::Docs, state::session::Session, try_it_out::state::TryIt};
use docs_head::DocsHead;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use reader::Neighbours;
use shared::{docs::navigation::sidebar as sidebar_parts, role::Role};
use sidebar::DocsSidebar;

/// The layout of the documentation. Users without access get the error codes only.
#[component]
pub fn APIDocsBrowser() -> impl IntoView {
    let session = Session::expect();
    let docs = Docs::provide();
    TryIt::provide();
    let loading = session.is_loading();
    let is_reader = Memo::new(move |_| loading.get() || session.role() >= Role::Developer);
    let pathname = use_location().pathname;
    let path = Memo::new(move |_| pathname.with(|path| path.trim_end_matches('/').to_owned()));
    let parts = Memo::new(move |_| sidebar_parts(&docs.operations()));
    view! {
        <div class="docs" class:is-alone=move || !is_reader.get()>
            <Show when=move || is_reader.get()>
                <DocsHead path />
                <DocsSidebar parts path />
            </Show>
            <div class="docs__page">
                <Outlet />
                <Show when=move || is_reader.get()>
                    <Neighbours parts path />
                </Show>
            </div>
        </div>
    }
}
