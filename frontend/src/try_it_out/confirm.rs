//! The confirmation of calls that change production data.

use crate::try_it_out::tester::Tester;
use crate::{
    try_it_out::logic::side_effect::SideEffect,
    ui::{
        button::{Button, ButtonVariant},
        dialog::Dialog,
        icon::{Icon, IconKind},
    },
};
use leptos::prelude::*;

/// Asks for confirmation before a production key is used for anything but reading.
#[component]
pub fn ConfirmLive(
    /// Holds the unconfirmed call.
    tester: Tester,
    /// Effect that the dialog warns about.
    side_effect: SideEffect,
) -> impl IntoView {
    let waiting = tester.unconfirmed;
    let open = Memo::new(move |_| waiting.with(Option::is_some));
    let call = move || {
        waiting.with(|waiting| {
            let (request, _) = waiting.as_ref()?;
            Some(format!("{} {}", request.method, request.url))
        })
    };
    let name = move || {
        tester
            .key()
            .map_or("the pasted key".to_owned(), |key| format!("“{}”", key.name))
    };
    let send = move || {
        if let Some((request, credential)) = waiting.try_update(Option::take).flatten() {
            tester.really_send(request, credential);
        }
    };
    view! {
        <Dialog
            open
            title=side_effect.title()
            on_dismiss=move || waiting.set(None)
        >
            <div class="dialog__body">
                <div class="notice notice--error">
                    <Icon kind=IconKind::Globe />
                    <p>{side_effect.warning()}</p>
                </div>
                <p>
                    <code class="code is-breakable">{call}</code>
                    " with "
                    {name}
                </p>
            </div>
            <footer class="dialog__foot">
                <Button autofocus=true on_click=move || waiting.set(None)>
                    "Cancel"
                </Button>
                <Button variant=ButtonVariant::Danger on_click=send>
                    {side_effect.yes()}
                </Button>
            </footer>
        </Dialog>
    }
}
