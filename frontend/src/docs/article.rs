//! Articles: guides and operations, which the server renders. The first one may be in the page
//! already, see `state::served_page`.

use crate::{
    api,
    docs::{
        article_controls::{ArticleControls, choose_example},
        follow_anchor,
        guide_skeleton::GuideSkeleton,
    },
    pages::not_found::NotFound,
    state::{query::Query, served_page, title::set_title},
    ui::query_view::QueryView,
};
use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;
use shared::{error::ErrorCode, reference::Article};

/// The article of the current path.
#[component]
pub fn ArticlePage(
    /// Rendered into the article's element with this selector once it is displayed.
    #[prop(optional)]
    part: Option<ArticlePart>,
) -> impl IntoView {
    let pathname = use_location().pathname;
    let path = Memo::new(move |_| pathname.with(|path| path.trim_end_matches('/').to_owned()));
    move || {
        let path = path.get();
        match served_page::article(&path) {
            Some(article) => view! { <ArticleView article part /> }.into_any(),
            None => view! { <FetchedArticle path part /> }.into_any(),
        }
    }
}

/// A part of an article that the dashboard renders.
#[derive(Clone, Copy)]
pub struct ArticlePart {
    /// CSS selector of the element that contains it.
    pub selector: &'static str,
    /// Renders the content.
    pub view: fn() -> AnyView,
}

#[component]
fn FetchedArticle(path: String, part: Option<ArticlePart>) -> impl IntoView {
    let article = Query::new(async move || match api::docs::get_article(&path).await {
        Ok(article) => Ok(Some(article)),
        Err(error) if error.is(ErrorCode::NotFound) => Ok(None),
        Err(error) => Err(error),
    });
    view! {
        <QueryView
            query=article
            skeleton=GuideSkeleton
            children=move |article| match article.get_untracked() {
                Some(article) => view! { <ArticleView article part /> }.into_any(),
                None => view! { <NotFound /> }.into_any(),
            }
        />
    }
}

#[component]
fn ArticleView(article: Article, part: Option<ArticlePart>) -> impl IntoView {
    set_title(article.title);
    follow_anchor();
    let node = NodeRef::<html::Div>::new();
    let controls = ArticleControls::new(node);
    let target = RwSignal::new_local(None);
    Effect::new(move || {
        if let Some(node) = node.get() {
            // First, because its elements have the same ids.
            served_page::remove();
            controls.restore_language();
            let selector = part.map(|part| part.selector);
            let found = selector.and_then(|selector| node.query_selector(selector).ok().flatten());
            target.set(found);
        }
    });
    view! {
        // Safe as `inner_html`: the server renders it from its own documents.
        <div
            node_ref=node
            class="article"
            inner_html=article.html
            on:click=move |event| controls.click(&event)
            on:keydown=move |event| controls.keydown(&event)
            on:change=move |event| choose_example(&event)
        ></div>
        {move || {
            let (part, mount) = (part?, target.get()?);
            Some(view! { <leptos::portal::Portal mount>{(part.view)()}</leptos::portal::Portal> })
        }}
    }
}
