//! Lazily loaded chunks: parts of the program that most visits don't need. `split_program.mjs`
//! splits the program at these functions; a chunk contains all code reachable only from it.

#![expect(
    clippy::unnecessary_wraps,
    reason = "`#[wasm_split]` makes the error when the chunk cannot be fetched"
)]

use crate::{
    account::Account,
    billing::Billing,
    docs::{
        APIDocsBrowser, ArticlePage, DocsLanding, Endpoint, EndpointGroup, LegacyLink,
        error_catalogue::ErrorCatalogue,
    },
    keys::{
        created_key::CreatedKeyView,
        key_generation_modal::{Creation, CreationView},
        manager::APIKeyManager,
    },
    pages::{esp_webhooks::EspWebhooks, setup::Setup, webhooks::Webhooks},
    state::chunk::{Chunk, Draw},
    try_it_out::TryItOut,
    usage::UsageAnalytics,
};
use leptos::prelude::*;
use shared::reference::Operation;
use std::sync::Arc;
use wasm_split_helpers::SplitLoaderError;
#[cfg(not(test))]
use wasm_split_helpers::wasm_split;

/// Defines the chunk of a function with `#[wasm_split]`, which makes it asynchronous.
#[cfg(not(test))]
macro_rules! chunk {
    ($load:ident) => {
        Chunk::new(|| Box::pin($load()))
    };
}

/// Test programs are not split.
#[cfg(test)]
macro_rules! chunk {
    ($load:ident) => {
        Chunk::new(|| Box::pin(std::future::ready($load())))
    };
}

pub static DOCS: Chunk<DocsView> = chunk!(docs);

/// Interactive API tester, loaded after the operation's documentation is displayed.
pub static TESTER: Chunk<TesterView> = chunk!(tester);

/// Pages and dialogs for key management.
pub static KEYS: Chunk<KeysView> = chunk!(keys);

pub static USAGE: Chunk<UsageView> = chunk!(usage);

/// Rarely visited pages: account, plans, webhooks and setup.
pub static ACCOUNT: Chunk<AccountView> = chunk!(account);

#[derive(Clone, Copy)]
pub enum DocsView {
    /// Layout around the documentation pages.
    Browser,
    Landing,
    /// A guide or the changelog.
    Guide,
    Group,
    Endpoint,
    Errors,
    /// Redirect from a path of the specification to the current page.
    LegacyLink,
}

#[cfg_attr(not(test), wasm_split(docs, fallible))]
fn docs() -> Result<Draw<DocsView>, SplitLoaderError> {
    Ok(|view| match view {
        DocsView::Browser => view! { <APIDocsBrowser /> }.into_any(),
        DocsView::Landing => view! { <DocsLanding /> }.into_any(),
        DocsView::Guide => view! { <ArticlePage /> }.into_any(),
        DocsView::Group => view! { <EndpointGroup /> }.into_any(),
        DocsView::Endpoint => view! { <Endpoint /> }.into_any(),
        DocsView::Errors => view! { <ErrorCatalogue /> }.into_any(),
        DocsView::LegacyLink => view! { <LegacyLink /> }.into_any(),
    })
}

#[derive(Clone)]
pub struct TesterView {
    pub operation: Arc<Operation>,
}

#[cfg_attr(not(test), wasm_split(tester, fallible))]
fn tester() -> Result<Draw<TesterView>, SplitLoaderError> {
    Ok(|TesterView { operation }| view! { <TryItOut operation /> }.into_any())
}

#[derive(Clone, Copy)]
pub enum KeysView {
    Manager,
    /// Content of the dialog that creates a key.
    Creation(Creation),
    /// Content of the dialog that shows a created key.
    CreatedKey,
}

#[cfg_attr(not(test), wasm_split(keys, fallible))]
fn keys() -> Result<Draw<KeysView>, SplitLoaderError> {
    Ok(|view| match view {
        KeysView::Manager => view! { <APIKeyManager /> }.into_any(),
        KeysView::CreatedKey => view! { <CreatedKeyView /> }.into_any(),
        KeysView::Creation(creation) => view! { <CreationView creation /> }.into_any(),
    })
}

#[derive(Clone, Copy)]
pub struct UsageView;

#[cfg_attr(not(test), wasm_split(usage, fallible))]
fn usage() -> Result<Draw<UsageView>, SplitLoaderError> {
    Ok(|UsageView| view! { <UsageAnalytics /> }.into_any())
}

#[derive(Clone, Copy)]
pub enum AccountView {
    Account,
    /// Plans and quotas.
    Billing,
    /// Webhooks of email service providers.
    EspWebhooks,
    Setup,
    Webhooks,
}

#[cfg_attr(not(test), wasm_split(account, fallible))]
fn account() -> Result<Draw<AccountView>, SplitLoaderError> {
    Ok(|view| match view {
        AccountView::Account => view! { <Account /> }.into_any(),
        AccountView::Billing => view! { <Billing /> }.into_any(),
        AccountView::EspWebhooks => view! { <EspWebhooks /> }.into_any(),
        AccountView::Setup => view! { <Setup /> }.into_any(),
        AccountView::Webhooks => view! { <Webhooks /> }.into_any(),
    })
}
