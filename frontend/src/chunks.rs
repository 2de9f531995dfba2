//! The chunks: what is not fetched with the first page, because most visits do without.
//! `split_program.mjs` cuts the program up at these functions, and puts into a chunk
//! whatever only it can reach.

#![expect(
    clippy::unnecessary_wraps,
    reason = "`#[wasm_split]` makes the error when the chunk cannot be fetched"
)]

use crate::{
    account::Account,
    billing::Billing,
    docs::{
        APIDocsBrowser, Changelog, DocsLanding, Endpoint, EndpointGroup, GuidePage, LegacyLink,
        error_catalogue::ErrorCatalogue,
        openapi::{Document, Operation},
    },
    keys::{
        created_key::CreatedKeyView,
        key_generation_modal::{Creation, CreationView},
        manager::APIKeyManager,
    },
    pages::setup::Setup,
    state::chunk::{Chunk, Draw},
    try_it_out::TryItOut,
    usage::UsageAnalytics,
};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// The documentation.
pub static DOCS: Chunk<DocsView> = Chunk::new(|| Box::pin(docs()));

/// The interactive API tester: an operation can be read before it is there.
pub static TESTER: Chunk<TesterView> = Chunk::new(|| Box::pin(tester()));

/// What can be done with keys.
pub static KEYS: Chunk<KeysView> = Chunk::new(|| Box::pin(keys()));

/// Usage analytics.
pub static USAGE: Chunk<UsageView> = Chunk::new(|| Box::pin(usage()));

/// Pages that are visited rarely: the user's own account, plans, first start.
pub static ACCOUNT: Chunk<AccountView> = Chunk::new(|| Box::pin(account()));

/// A view of [`DOCS`].
#[derive(Clone, Copy)]
pub enum DocsView {
    /// What stands around the pages.
    Browser,
    /// The front page.
    Landing,
    /// A guide.
    Guide,
    /// The operations of a group.
    Group,
    /// An operation.
    Endpoint,
    /// The error codes.
    Errors,
    /// The changelog.
    Changelog,
    /// On the way from an address of the specification to the page that it means.
    LegacyLink,
}

#[wasm_split(docs, fallible)]
fn docs() -> Result<Draw<DocsView>, SplitLoaderError> {
    Ok(|view| match view {
        DocsView::Browser => view! { <APIDocsBrowser /> }.into_any(),
        DocsView::Landing => view! { <DocsLanding /> }.into_any(),
        DocsView::Guide => view! { <GuidePage /> }.into_any(),
        DocsView::Group => view! { <EndpointGroup /> }.into_any(),
        DocsView::Endpoint => view! { <Endpoint /> }.into_any(),
        DocsView::Errors => view! { <ErrorCatalogue /> }.into_any(),
        DocsView::Changelog => view! { <Changelog /> }.into_any(),
        DocsView::LegacyLink => view! { <LegacyLink /> }.into_any(),
    })
}

/// The view of [`TESTER`].
#[derive(Clone)]
pub struct TesterView {
    /// The document that has the operation.
    pub document: Arc<Document>,
    /// The operation.
    pub operation: Arc<Operation>,
}

#[wasm_split(tester, fallible)]
fn tester() -> Result<Draw<TesterView>, SplitLoaderError> {
    Ok(
        |TesterView {
             document,
             operation,
         }| view! { <TryItOut document operation /> }.into_any(),
    )
}

/// A view of [`KEYS`].
#[derive(Clone, Copy)]
pub enum KeysView {
    /// The page with all keys.
    Manager,
    /// What is in the dialog that creates a key.
    Creation(Creation),
    /// What is in the dialog that shows a new key.
    CreatedKey,
}

#[wasm_split(keys, fallible)]
fn keys() -> Result<Draw<KeysView>, SplitLoaderError> {
    Ok(|view| match view {
        KeysView::Manager => view! { <APIKeyManager /> }.into_any(),
        KeysView::CreatedKey => view! { <CreatedKeyView /> }.into_any(),
        KeysView::Creation(creation) => view! { <CreationView creation /> }.into_any(),
    })
}

/// The view of [`USAGE`].
#[derive(Clone, Copy)]
pub struct UsageView;

#[wasm_split(usage, fallible)]
fn usage() -> Result<Draw<UsageView>, SplitLoaderError> {
    Ok(|UsageView| view! { <UsageAnalytics /> }.into_any())
}

/// A view of [`ACCOUNT`].
#[derive(Clone, Copy)]
pub enum AccountView {
    /// The user's own account.
    Account,
    /// Plans and quotas.
    Billing,
    /// The first start.
    Setup,
}

#[wasm_split(account, fallible)]
fn account() -> Result<Draw<AccountView>, SplitLoaderError> {
    Ok(|view| match view {
        AccountView::Account => view! { <Account /> }.into_any(),
        AccountView::Billing => view! { <Billing /> }.into_any(),
        AccountView::Setup => view! { <Setup /> }.into_any(),
    })
}
