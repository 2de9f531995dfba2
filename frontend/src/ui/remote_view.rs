//! View of remote data: loading, failed or ready.

use crate::state::remote::{Remote, Stage};
use crate::ui::problem_notice::ProblemNotice;
use leptos::prelude::*;

/// Renders a skeleton, an error with a retry button, or `children` with the data. The data may
/// change while it is displayed.
#[component]
pub fn RemoteView<T, V>(
    remote: Remote<T>,
    /// Placeholder while loading.
    #[prop(into)]
    skeleton: ViewFn,
    /// Renders the data.
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
