//! Former page of webhooks.

use crate::{
    logic::site_map::ESP_WEBHOOKS,
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::docs::guide_path;

/// Notice with the new location of webhooks.
#[component]
pub fn Webhooks() -> impl IntoView {
    view! {
        <header class="page-head">
            <div>
                <h1 class="page-head__title">"Webhooks"</h1>
                <p class="is-secondary">"Real-time notifications about your emails."</p>
            </div>
        </header>
        <div class="notice notice--info">
            <Icon kind=IconKind::ArrowRight />
            <p>
                "Webhook configuration has moved to "
                <A href=ESP_WEBHOOKS>"ESP Integration Settings →"</A>
            </p>
        </div>
        <section class="section" aria-labelledby="webhook-links">
            <h2 class="section__title" id="webhook-links">
                "Quick Links"
            </h2>
            <ul class="link-list" role="list">
                {[("postmark", "Configure Postmark Webhooks →"), ("mailgun", "Configure Mailgun Webhooks →")]
                    .map(|(provider, label)| {
                        view! {
                            <li>
                                <A href=format!("{ESP_WEBHOOKS}#{provider}")>{label}</A>
                            </li>
                        }
                    })
                    .collect_view()}
                <li>
                    <A href=guide_path("webhooks")>"View Webhook Documentation →"</A>
                </li>
            </ul>
        </section>
    }
}
