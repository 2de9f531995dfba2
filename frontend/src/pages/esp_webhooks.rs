//! Inbound events of email providers, which this server doesn't receive yet.

use crate::ui::icon::{Icon, IconKind};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Email provider and the events that it reports.
struct Provider {
    anchor: &'static str,
    name: &'static str,
    /// Event names of the provider, with their meaning.
    events: &'static [(&'static str, &'static str)],
}

const PROVIDERS: [Provider; 2] = [
    Provider {
        anchor: "postmark",
        name: "Postmark",
        events: &[
            (
                "Delivery",
                "The recipient’s server has accepted the message.",
            ),
            ("Bounce", "The message could not be delivered."),
            ("Open", "The recipient has opened the message."),
            ("Click", "The recipient has followed a link."),
            (
                "Spam Complaint",
                "The recipient has reported the message as spam.",
            ),
            (
                "Subscription Change",
                "The recipient has unsubscribed, or subscribed again.",
            ),
        ],
    },
    Provider {
        anchor: "mailgun",
        name: "Mailgun",
        events: &[
            (
                "Delivered",
                "The recipient’s server has accepted the message.",
            ),
            (
                "Failed",
                "The message could not be delivered, for now or for good.",
            ),
            ("Opened", "The recipient has opened the message."),
            ("Clicked", "The recipient has followed a link."),
            ("Unsubscribed", "The recipient has unsubscribed."),
            (
                "Complained",
                "The recipient has reported the message as spam.",
            ),
        ],
    },
];

/// Events of each provider. The URL fragment selects the provider to scroll to.
#[component]
pub fn EspWebhooks() -> impl IntoView {
    let location = use_location();
    let target = Memo::new(move |_| location.hash.get().trim_start_matches('#').to_owned());
    Effect::new(move || {
        let anchor = target.get();
        request_animation_frame(move || {
            if let Some(section) = document().get_element_by_id(&anchor) {
                section.scroll_into_view();
            }
        });
    });
    view! {
        <header class="page-head">
            <div>
                <h1 class="page-head__title">"ESP webhooks"</h1>
                <p class="is-secondary">
                    "Email service providers report the delivery of emails by webhook."
                </p>
            </div>
        </header>
        <div class="notice notice--info">
            <Icon kind=IconKind::CircleAlert />
            <div class="notice__body">
                <p class="notice__title">"This server does not receive provider events yet"</p>
                <p>
                    "There is nothing to configure here until it does, and events that a provider sends to this server are refused. Opens, clicks and unsubscribes of the mail that this server sends itself are counted without a provider."
                </p>
            </div>
        </div>
        {PROVIDERS
            .iter()
            .map(|provider| view! { <ProviderCard provider target /> })
            .collect_view()}
    }
}

#[component]
fn ProviderCard(provider: &'static Provider, target: Memo<String>) -> impl IntoView {
    let heading_id = format!("{}-title", provider.anchor);
    view! {
        <section
            class="card provider"
            class:is-target=move || target.with(|target| target == provider.anchor)
            id=provider.anchor
            aria-labelledby=heading_id
        >
            <header class="provider__head">
                <h2 class="section__title" id=heading_id.clone()>
                    {provider.name}
                </h2>
                <span class="badge badge--outline">"Not available yet"</span>
            </header>
            <dl class="provider__events">
                {provider
                    .events
                    .iter()
                    .map(|(name, meaning)| {
                        view! {
                            <div>
                                <dt>{*name}</dt>
                                <dd>{*meaning}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
        </section>
    }
}
