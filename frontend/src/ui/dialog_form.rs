//! The form of a dialog: a body, and a footer with the buttons.

use crate::{
    api::ApiError,
    ui::{
        button::{Button, ButtonVariant},
        dialog::DialogContext,
        form::{Form, FormError},
    },
};
use leptos::{html, prelude::*};

/// Form with buttons to cancel and to submit. The dialog around it cannot be dismissed while
/// `pending`.
#[component]
pub fn DialogForm(
    #[prop(optional)] class: &'static str,
    #[prop(optional)] node_ref: NodeRef<html::Form>,
    /// Set while the submitted work is running.
    pending: Memo<bool>,
    /// Last error of the server, shown by [`DialogBody`].
    #[prop(into)]
    error: Signal<Option<ApiError>>,
    #[prop(into)] on_submit: Callback<()>,
    #[prop(into)] on_cancel: Callback<()>,
    /// Label of the submit button.
    #[prop(into)]
    submit: Signal<String>,
    #[prop(default = ButtonVariant::Primary)] variant: ButtonVariant,
    #[prop(into, optional)] submit_disabled: Signal<bool>,
    /// Label of the other button.
    #[prop(into, default = Signal::stored("Cancel".to_owned()))]
    cancel: Signal<String>,
    /// Focuses the cancel button first, as the safe choice.
    #[prop(optional)]
    focus_cancel: bool,
    /// Additional class of the footer.
    #[prop(optional)]
    footer_class: &'static str,
    /// Content of the footer before the buttons.
    #[prop(into, optional)]
    footer: ViewFn,
    children: Children,
) -> impl IntoView {
    if let Some(dialog) = use_context::<DialogContext>() {
        dialog.stay_open_while(pending);
    }
    view! {
        <Form class node_ref on_submit pending error>
            {children()}
            <footer class=with_modifier("dialog__foot", footer_class)>
                {footer.run()}
                <Button
                    disabled=pending
                    autofocus=focus_cancel
                    on_click=move || on_cancel.run(())
                >
                    {cancel}
                </Button>
                <Button variant submit=true busy=pending disabled=submit_disabled>
                    {submit}
                </Button>
            </footer>
        </Form>
    }
}

/// Scrollable content of a dialog's form, followed by the last error.
#[component]
pub fn DialogBody(
    #[prop(optional)] class: &'static str,
    #[prop(into)] error: Signal<Option<ApiError>>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class=with_modifier("dialog__body", class)>
            {children()}
            <FormError error />
        </div>
    }
}

fn with_modifier(class: &'static str, modifier: &'static str) -> String {
    match modifier {
        "" => class.to_owned(),
        modifier => format!("{class} {modifier}"),
    }
}
