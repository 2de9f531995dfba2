//! Endpoints that most developers start with.

use crate::ui::code_snippet::CodeSnippet;
use leptos::prelude::*;
use leptos_router::components::A;
use shared::highlight::Language;
use shared::number::grouped;
use shared::{
    operation::{OPERATIONS, Operation},
    scope::Scope,
};

/// Title, method and path. Endpoints that this server doesn't have are hidden.
const POPULAR: [(&str, &str, &str); 3] = [
    ("Send Email", "POST", "/v1/emails/send"),
    ("Manage Contacts", "POST", "/v1/contacts"),
    ("Get Analytics", "GET", "/v1/analytics/campaigns/{id}"),
];

/// Cards of the popular endpoints.
#[component]
pub fn PopularEndpoints() -> impl IntoView {
    let cards = POPULAR.iter().filter_map(|(title, method, path)| {
        let row = OPERATIONS
            .iter()
            .find(|row| row.method == *method && row.path == *path)?;
        Some(view! { <EndpointCard title row /> })
    });
    view! {
        <section class="overview__wide" aria-labelledby="popular-endpoints">
            <h2 class="section__title" id="popular-endpoints">
                "Popular Endpoints"
            </h2>
            <ul class="popular" role="list">
                {cards.collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn EndpointCard(title: &'static str, row: &'static Operation) -> impl IntoView {
    let code = format!("{}\nAuthorization: Bearer pm_live_...", row.route());
    let permissions = row.scopes().map(|scopes| {
        let names: Vec<_> = scopes.mentioned().iter().map(Scope::label).collect();
        names.join(" or ")
    });
    let limit = row
        .limit
        .map(|limit| format!("{} requests/minute", grouped(limit.per_minute.into())));
    view! {
        <li class="card popular__card">
            <h3>{title}</h3>
            <CodeSnippet language=Language::Http code name=format!("{title}: request") />
            <p class="popular__facts">
                {permissions
                    .map(|names| view! { <span>"Needs the permission " {names}</span> })}
                {limit.map(|limit| view! { <span>{limit}</span> })}
            </p>
            {row
                .docs_path()
                .map(|path| {
                    view! {
                        <A href=path attr:aria-label=format!("View full docs: {title}")>
                            "View full docs"
                        </A>
                    }
                })}
        </li>
    }
}
