//! View of data from the server: loading, failed or ready.

use crate::state::query::{Query, Stage};
use crate::ui::problem_notice::ProblemNotice;
use leptos::prelude::*;

/// Renders a skeleton, an error with a retry button, or `children` with the data. The data may
/// change while it is displayed.
#[component]
pub fn QueryView<T, K, V>(
    query: Query<T, K>,
    /// Placeholder while loading.
    #[prop(into)]
    skeleton: ViewFn,
    /// Renders the data.
    children: impl Fn(Signal<T>) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    K: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let stage = Memo::new(move |_| query.stage());
    move || match (stage.get(), query.signal()) {
        (Stage::Ready, Some(data)) => children(data).into_any(),
        (Stage::Failed, _) => view! { <QueryProblem query /> }.into_any(),
        _ => view! {
            <div role="status">
                <span class="visually-hidden">"Loading…"</span>
                {skeleton.run()}
            </div>
        }
        .into_any(),
    }
}

/// Error of a query, with a retry button.
#[component]
pub fn QueryProblem<T, K>(query: Query<T, K>) -> impl IntoView
where
    T: Send + Sync + 'static,
    K: Clone + PartialEq + Send + Sync + 'static,
{
    move || {
        let error = query.error()?;
        Some(view! { <ProblemNotice error on_retry=move || query.retry() /> })
    }
}
