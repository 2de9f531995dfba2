//! Chunks of the program, loaded on first use.

use super::query::Query;
use crate::{api::ApiError, ui::query_view::QueryView};
use leptos::prelude::*;
use std::{future::Future, pin::Pin, sync::OnceLock};
use wasm_split_helpers::SplitLoaderError;

/// Renders a view of the chunk.
pub type Draw<V> = fn(V) -> AnyView;

/// Return type of a function with `#[wasm_split]`.
pub type Fetching<V> = Pin<Box<dyn Future<Output = Result<Draw<V>, SplitLoaderError>>>>;

/// Lazily loaded part of the program, which renders the views `V`.
pub struct Chunk<V> {
    fetch: fn() -> Fetching<V>,
    draw: OnceLock<Draw<V>>,
}

impl<V: Clone + Send + Sync + 'static> Chunk<V> {
    pub const fn new(fetch: fn() -> Fetching<V>) -> Self {
        Self {
            fetch,
            draw: OnceLock::new(),
        }
    }

    /// Renders `view`: immediately if the chunk is loaded, otherwise after `skeleton`. Offers a
    /// retry if loading fails.
    pub fn view(&'static self, view: V, skeleton: impl Into<ViewFn>) -> AnyView {
        if let Some(draw) = self.draw.get() {
            return draw(view);
        }
        let query = Query::new(async || self.load().await);
        view! {
            <QueryView
                query
                skeleton
                children=move |draw| draw.with_untracked(|draw| draw(view.clone()))
            />
        }
        .into_any()
    }

    async fn load(&self) -> Result<Draw<V>, ApiError> {
        let draw = (self.fetch)().await.map_err(|_| ApiError::PartMissing)?;
        Ok(*self.draw.get_or_init(|| draw))
    }
}
