//! The front page of the documentation: first steps and an index of all operations.

use crate::{
    docs::state::Docs,
    logic::site_map::ERRORS,
    state::title::set_title,
    ui::{
        button::{ButtonLink, ButtonVariant},
        code_snippet::CodeSnippet,
        icon::{Icon, IconKind},
        query_view::QueryView,
        related::Related,
    },
};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::{
    docs::{GROUPS, MANAGEMENT, group_path, guide_path, operation_path},
    highlight::Language,
    reference::OperationSummary,
};

/// Group and id of the operation that most users call first.
const FIRST: (&str, &str) = ("Emails", "send_email");

/// The front page of the documentation.
#[component]
pub fn DocsLanding() -> impl IntoView {
    set_title("Documentation");
    let docs = Docs::expect();
    let origin = window().location().origin().unwrap_or_default();
    let try_path = format!("{}#try-it-out", operation_path(FIRST.0, FIRST.1));
    view! {
        <header class="docs-hero">
            <h1 class="docs-hero__title">"API Documentation"</h1>
            <p class="docs-hero__lead">
                "Send emails, run campaigns, manage contacts and track delivery. Every operation can be tried on its page, with one of your keys."
            </p>
            <div class="docs-hero__actions">
                <ButtonLink href=try_path variant=ButtonVariant::Primary>
                    <Icon kind=IconKind::Send />
                    "Send a test email"
                </ButtonLink>
                <ButtonLink href=guide_path("quickstart")>
                    "Read the quickstart"
                </ButtonLink>
            </div>
        </header>
        <section class="section" aria-labelledby="base-url">
            <h2 class="section__title" id="base-url">
                "Base URL"
            </h2>
            <CodeSnippet
                language=Language::Text
                code=origin
                name="Address of the API"
                label="Copy base URL"
            />
        </section>
        <section class="section" aria-labelledby="start-here">
            <h2 class="section__title" id="start-here">
                "Start here"
            </h2>
            <ul class="docs-cards" role="list">
                {START
                    .map(|(icon, slug, title, text)| {
                        view! {
                            <li class="card docs-card">
                                <Icon kind=icon />
                                <h3 class="docs-card__title">
                                    <A href=guide_path(slug)>{title}</A>
                                </h3>
                                <p class="is-secondary">{text}</p>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
        <section class="section" aria-labelledby="endpoints">
            <h2 class="section__title" id="endpoints">
                "Endpoints"
            </h2>
            <QueryView
                query=docs.index
                skeleton=|| view! { <div class="skeleton skeleton--card"></div> }
                children=move |_| {
                    view! {
                        <div class="docs-groups">
                            {GROUPS
                                .iter()
                                .chain([&MANAGEMENT])
                                .map(|name| {
                                    let operations = untrack(|| docs.operations());
                                    view! { <GroupCard name operations /> }
                                })
                                .collect_view()}
                        </div>
                    }
                }
            />
        </section>
        <Related links=vec![
            ("Authentication Guide", guide_path("authentication")),
            ("Error codes", ERRORS.into()),
            ("Explore Code Examples", guide_path("sdks")),
        ] />
    }
}

const START: [(IconKind, &str, &str, &str); 4] = [
    (
        IconKind::Send,
        "quickstart",
        "Quickstart",
        "From the first key to the first email in five steps.",
    ),
    (
        IconKind::Key,
        "authentication",
        "Authentication",
        "How requests prove who they are, and what a key may do.",
    ),
    (
        IconKind::Clock,
        "rate-limiting",
        "Rate Limiting",
        "How many requests you may make, and what to do on 429.",
    ),
    (
        IconKind::CircleAlert,
        "error-handling",
        "Error Handling",
        "What errors look like, and which requests to repeat.",
    ),
];

#[component]
fn GroupCard(name: &'static str, operations: Vec<OperationSummary>) -> impl IntoView {
    view! {
        <section class="card docs-group" aria-label=name>
            <h3 class="docs-group__name">
                <A href=group_path(name)>{name}</A>
            </h3>
            <OperationList name operations />
        </section>
    }
}

/// The operations of a group, each with a link to its page.
#[component]
pub fn OperationList(
    /// Name of the group.
    #[prop(into)]
    name: String,
    /// Operations of all groups.
    operations: Vec<OperationSummary>,
) -> impl IntoView {
    let lines = operations
        .into_iter()
        .filter(|operation| operation.group == name)
        .map(|operation| {
            let page = operation_path(&name, &operation.id);
            let class = format!(
                "method method--column method--{}",
                operation.method.to_lowercase()
            );
            let (method, path) = (operation.method.clone(), operation.path.clone());
            let summary = operation.summary.clone();
            view! {
                <li>
                    <A href=page attr:class="docs-group__line">
                        <span class=class>{method}</span>
                        <code class="docs-group__path">{path}</code>
                        <span class="docs-group__summary">{summary}</span>
                    </A>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul role="list">
            {lines}
        </ul>
    }
}
