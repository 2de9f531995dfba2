use crate::{
    api::ApiError,
    ui::{focus::focus_first_invalid, problem_notice::ProblemNotice},
};
use leptos::{ev, html, prelude::*};

/// Form that is validated by its owner. Focuses the first invalid field after a submit and after an
/// error of the server.
#[component]
pub fn Form(
    #[prop(optional)] class: &'static str,
    /// Not called while `pending`.
    #[prop(into)]
    on_submit: Callback<()>,
    /// Set while the submitted work is running.
    pending: Memo<bool>,
    /// Last error of the server.
    #[prop(into)]
    error: Signal<Option<ApiError>>,
    #[prop(optional)] node_ref: NodeRef<html::Form>,
    children: Children,
) -> impl IntoView {
    Effect::new(move || {
        if error.with(Option::is_some) {
            focus_first_invalid(node_ref);
        }
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !pending.get_untracked() {
            on_submit.run(());
            focus_first_invalid(node_ref);
        }
    };
    view! {
        <form node_ref=node_ref class=(!class.is_empty()).then_some(class) novalidate on:submit=submit>
            {children()}
        </form>
    }
}

/// Notice with the last error of a form.
#[component]
pub fn FormError(error: Signal<Option<ApiError>>) -> impl IntoView {
    move || error.get().map(|error| view! { <ProblemNotice error /> })
}
