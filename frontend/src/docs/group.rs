//! The overview of a group of operations.

use crate::docs::{guide::GuideSkeleton, landing::OperationList};
use crate::{
    docs::{openapi::Group, state::Docs},
    pages::not_found::NotFound,
    state::title::set_title,
    ui::{related::Related, remote_view::RemoteView, sentence::Sentence},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::docs::{DOCS, guide_path};

/// The group named by the URL.
#[component]
pub fn EndpointGroup() -> impl IntoView {
    let docs = Docs::expect();
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("group").unwrap_or_default()));
    view! {
        <RemoteView
            remote=docs.reference
            skeleton=GuideSkeleton
            children=move |reference| {
                let group = Memo::new(move |_| {
                    let slug = slug.get();
                    reference
                        .with(|reference| {
                            let documents = reference.documents();
                            let mut groups = documents.iter().flat_map(|document| &document.groups);
                            groups.find(|group| group.name.to_lowercase() == slug).cloned()
                        })
                });
                view! {
                    {move || match group.get() {
                        Some(group) => view! { <GroupView group /> }.into_any(),
                        None => view! { <NotFound /> }.into_any(),
                    }}
                }
            }
        />
    }
}

#[component]
fn GroupView(group: Group) -> impl IntoView {
    let docs = Docs::expect();
    set_title(group.name.clone());
    let description = match group.description.as_str() {
        "" => fallback(&group.name).to_owned(),
        description => description.to_owned(),
    };
    view! {
        <header class="docs-hero">
            <h1 class="docs-hero__title">{group.name.clone()}</h1>
            <p class="docs-hero__lead">
                <Sentence text=description />
            </p>
        </header>
        <div class="card docs-group">
            <OperationList name=group.name.clone() documents=untrack(|| docs.documents()) />
        </div>
        <Related links=vec![
            ("Full API Reference", DOCS.into()),
            ("Authentication Guide", guide_path("authentication")),
            ("Error Handling", guide_path("error-handling")),
        ] />
    }
}

/// Describes a group if the OpenAPI document doesn't.
fn fallback(group: &str) -> &'static str {
    match group {
        "Emails" => "Send single emails and track their delivery.",
        "Campaigns" => "Send one email to many contacts.",
        "Contacts" => "Recipients of campaigns, with tags and attributes.",
        "Analytics" => "Delivery, opens and clicks in numbers.",
        "Templates" => "Mails with gaps that are filled in when they are sent.",
        "Account" => "Which key is calling, and what it may do.",
        _ => "",
    }
}
