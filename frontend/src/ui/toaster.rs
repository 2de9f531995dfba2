use crate::state::toasts::{Toast, ToastKind, Toasts};
use crate::ui::icon::{Icon, IconKind};
use leptos::prelude::*;

/// Live region that shows the toasts.
#[component]
pub fn Toaster() -> impl IntoView {
    let toasts = Toasts::expect();
    let draw = move |toast: Toast| {
        let (class, icon) = match toast.kind {
            ToastKind::Success => ("toast toast--success", IconKind::CircleCheck),
            ToastKind::Notice => ("toast toast--notice", IconKind::CircleAlert),
            ToastKind::Error => ("toast toast--error", IconKind::CircleAlert),
        };
        view! {
            <div class=class>
                <Icon kind=icon />
                <p class="toast__text">{toast.text}</p>
                <button
                    type="button"
                    class="icon-button icon-button--small"
                    aria-label="Dismiss"
                    on:click=move |_| toasts.dismiss(toast.id)
                >
                    <Icon kind=IconKind::X />
                </button>
            </div>
        }
    };
    view! {
        <div class="toaster" role="status" aria-live="polite" aria-atomic="false">
            <For each=move || toasts.list() key=|toast| toast.id children=draw />
        </div>
    }
}
