use crate::{
    state::title::set_title,
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use shared::error::ErrorCode;

/// Explains which roles have access, and whom to ask.
#[component]
pub fn NoAccess() -> impl IntoView {
    set_title("No access");
    view! {
        <div class="empty">
            <span class="empty__icon">
                <Icon kind=IconKind::Ban />
            </span>
            <h1 class="empty__title">"No access to the developer pages"</h1>
            <p>{ErrorCode::InsufficientRole.message()}</p>
            <p class="is-secondary">
                "The developer pages are for the roles Developer, Admin and Owner. "
                {ErrorCode::InsufficientRole.remedy()}
            </p>
        </div>
    }
}
