//! The page of a guide.

use crate::docs::toc::{AnchoredHeading, Toc, follow_anchor};
use crate::{
    docs::{
        logic::guide::{Block, Guide, language},
        state::Docs,
    },
    pages::not_found::NotFound,
    state::title::set_title,
    ui::{code_snippet::CodeSnippet, remote_view::RemoteView},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The guide named by the URL.
#[component]
pub fn GuidePage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("slug").unwrap_or_default()));
    view! { <GuideBySlug slug /> }
}

/// The changelog: a guide with a separate route.
#[component]
pub fn Changelog() -> impl IntoView {
    view! { <GuideBySlug slug=Signal::stored("changelog".to_owned()) /> }
}

#[component]
fn GuideBySlug(#[prop(into)] slug: Signal<String>) -> impl IntoView {
    let docs = Docs::expect();
    view! {
        <RemoteView
            remote=docs.guides
            skeleton=GuideSkeleton
            children=move |guides| {
                let guide = Memo::new(move |_| {
                    let slug = slug.get();
                    guides.with(|guides| guides.iter().find(|guide| guide.slug == slug).cloned())
                });
                view! {
                    {move || match guide.get() {
                        Some(guide) => view! { <Article guide /> }.into_any(),
                        None => view! { <NotFound /> }.into_any(),
                    }}
                }
            }
        />
    }
}

/// Placeholder for a guide that is loading.
#[component]
pub fn GuideSkeleton() -> impl IntoView {
    view! {
        <div class="docs-skeleton">
            <div class="skeleton skeleton--title"></div>
            <div class="skeleton skeleton--line"></div>
            <div class="skeleton skeleton--line"></div>
            <div class="skeleton skeleton--line"></div>
        </div>
    }
}

#[component]
fn Article(guide: Guide) -> impl IntoView {
    set_title(guide.title.clone());
    follow_anchor();
    let headings = guide.headings().cloned().collect();
    // Scrollable elements need an accessible name that is unique on the page.
    let mut section = guide.title.clone();
    let blocks = guide
        .blocks
        .into_iter()
        .zip(1..)
        .map(move |(block, number)| {
            if let Block::Heading(heading) = &block {
                section.clone_from(&heading.text);
            }
            let name = format!("Example {number}: {section}");
            view! { <BlockView block name /> }
        });
    view! {
        <article class="docs-columns">
            <header class="prose">
                <h1 class="page-head__title">{guide.title}</h1>
                <p class="prose__lead">{guide.description}</p>
            </header>
            <Toc headings />
            <div class="prose">{blocks.collect_view()}</div>
        </article>
    }
}

#[component]
fn BlockView(block: Block, name: String) -> impl IntoView {
    match block {
        Block::Heading(heading) => view! { <AnchoredHeading heading /> }.into_any(),
        // Safe as `inner_html`: the server renders it from our own Markdown, where raw HTML isn't
        // allowed.
        Block::Prose { html } => {
            view! { <div class="prose__text" inner_html=html></div> }.into_any()
        }
        Block::Table { html } => view! {
            <div
                class="prose__table"
                tabindex="0"
                role="region"
                aria-label=name
                inner_html=html
            ></div>
        }
        .into_any(),
        Block::Code {
            language: named,
            code,
        } => view! { <CodeSnippet language=language(&named) code name /> }.into_any(),
    }
}
