//! Parts of the program that are fetched when they are first needed.

use super::remote::Remote;
use crate::{api::ApiError, ui::remote_view::RemoteView};
use leptos::prelude::*;
use std::{future::Future, pin::Pin, sync::OnceLock};
use wasm_split_helpers::SplitLoaderError;

/// Draws one of the views that a chunk has.
pub type Draw<V> = fn(V) -> AnyView;

/// What a function becomes that `#[wasm_split]` has put into a chunk.
pub type Fetching<V> = Pin<Box<dyn Future<Output = Result<Draw<V>, SplitLoaderError>>>>;

/// A part of the program in a file of its own, which draws the views `V`.
pub struct Chunk<V> {
    fetch: fn() -> Fetching<V>,
    draw: OnceLock<Draw<V>>,
}

impl<V: Clone + Send + Sync + 'static> Chunk<V> {
    /// The chunk that `fetch` loads.
    pub const fn new(fetch: fn() -> Fetching<V>) -> Self {
        Self {
            fetch,
            draw: OnceLock::new(),
        }
    }

    /// Draws `view`: at once if the chunk is there already, else in place of `skeleton`
    /// when it has come. If it does not come, the person can try again.
    pub fn view(&'static self, view: V, skeleton: impl Into<ViewFn>) -> AnyView {
        if let Some(draw) = self.draw.get() {
            return draw(view);
        }
        let remote = Remote::follow(|| 0, async || self.load().await);
        view! {
            <RemoteView
                remote
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
