//! The API documentation: sidebar, top bar and pages. It is rendered from the OpenAPI documents and
//! guides of the server, so it always matches the API.

pub mod code_language;
pub mod code_samples;
mod docs_head;
mod endpoint;
pub mod endpoint_reference;
pub mod error_catalogue;
mod group;
mod guide;
pub mod highlight;
mod landing;
mod legacy_link;
pub mod logic;
pub mod openapi;
mod reader;
pub mod samples;
pub mod schema_fields;
mod search;
mod sidebar;
pub mod state;
mod toc;

pub use endpoint::Endpoint;
pub use group::EndpointGroup;
pub use guide::{Changelog, GuidePage};
pub use landing::DocsLanding;
pub use legacy_link::LegacyLink;
pub use toc::follow_anchor;

use crate::{
    docs::{logic::navigation::sidebar as parts, state::Docs},
    state::session::Session,
    try_it_out::state::TryIt,
};
use docs_head::DocsHead;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use reader::Neighbours;
use shared::role::Role;
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
    let parts = Memo::new(move |_| parts(&docs.documents()));
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
