use crate::{
    logic::next_path::HOME,
    state::title::set_title,
    ui::{
        button::{ButtonLink, ButtonVariant},
        icon::{Icon, IconKind},
    },
};
use leptos::prelude::*;

#[component]
pub fn NotFound() -> impl IntoView {
    set_title("Page not found");
    view! {
        <div class="empty">
            <span class="empty__icon">
                <Icon kind=IconKind::Search />
            </span>
            <h1 class="empty__title">"Page not found"</h1>
            <p class="is-secondary">"There is no page at this address."</p>
            <ButtonLink href=HOME variant=ButtonVariant::Primary>
                "Go to the overview"
            </ButtonLink>
        </div>
    }
}
