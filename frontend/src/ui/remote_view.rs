//! Something on the server in its states: on its way, failed, there.

use crate::state::remote::{Remote, Stage};
use crate::ui::problem_notice::ProblemNotice;
use leptos::prelude::*;

/// Draws a skeleton, an error with "Try again", or `children` with the data, which
/// may change while they are on show.
#[component]
pub fn RemoteView<T, V>(
    /// What is fetched.
    remote: Remote<T>,
    /// What stands in for the data while it is on its way.
    #[prop(into)]
    skeleton: ViewFn,
    /// Draws the data.
    children: impl Fn(Signal<T>) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let stage = Memo::new(move |_| remote.stage());
    move || match (stage.get(), untrack(|| remote.data())) {
        (Stage::Ready, Some(first)) => {
            let current = RwSignal::new(first);
            Effect::new(move || {
                if let Some(data) = remote.data() {
                    current.set(data);
                }
            });
            children(current.into()).into_any()
        }
        (Stage::Failed, _) => view! {
            {move || {
                remote
                    .error()
                    .map(|error| view! { <ProblemNotice error on_retry=move || remote.retry() /> })
            }}
        }
        .into_any(),
        _ => view! {
            <div role="status">
                <span class="visually-hidden">"Loading…"</span>
                {skeleton.run()}
            </div>
        }
        .into_any(),
    }
}
