//! Modal dialog, based on the native `<dialog>`: focus trap, inert page and return of the focus
//! come with it.

use crate::ui::{
    icon::{Icon, IconKind},
    unique_id::unique_id,
};
use leptos::{
    context::Provider,
    ev, html,
    prelude::*,
    task::{spawn_local, tick},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DialogSize {
    /// Width of a confirmation.
    #[default]
    Small,
    /// Width of a form.
    Large,
    /// Navigation on a phone, at the left edge.
    Drawer,
    /// Details of an item, at the right edge.
    Side,
    /// Command palette, with a search field in place of the heading.
    Palette,
}

impl DialogSize {
    const fn class(self) -> &'static str {
        match self {
            Self::Small => "dialog dialog--small",
            Self::Large => "dialog dialog--large",
            Self::Drawer => "dialog dialog--drawer",
            Self::Side => "dialog dialog--side",
            Self::Palette => "dialog dialog--palette",
        }
    }
}

/// Access to the dialog around a form, in context.
#[derive(Clone, Copy)]
pub struct DialogContext {
    pending: StoredValue<Option<Memo<bool>>>,
}

impl DialogContext {
    /// Ignores requests to dismiss the dialog while `pending` is set.
    pub fn stay_open_while(self, pending: Memo<bool>) {
        self.pending.set_value(Some(pending));
    }

    fn is_pending(self) -> bool {
        // The memo is disposed with the form.
        let pending = self.pending.get_value();
        pending.and_then(|pending| pending.try_get_untracked()) == Some(true)
    }
}

/// Modal dialog. Its children are mounted only while it is open, so forms start empty, and secrets
/// are removed from the page when it closes.
///
/// Escape, the close button and a click on the backdrop only request dismissal; the owner decides.
/// They are ignored while a form in the dialog is being submitted.
#[component]
pub fn Dialog(
    /// Controls visibility; only the owner changes it.
    #[prop(into)]
    open: Signal<bool>,
    /// Heading and accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// Called when the user asks to close the dialog.
    #[prop(into)]
    on_dismiss: Callback<()>,
    /// Width and position of the dialog.
    #[prop(optional)]
    size: DialogSize,
    /// Treats a click on the backdrop as a request to close.
    #[prop(into, default = Signal::from(true))]
    backdrop_dismisses: Signal<bool>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let title_id = StoredValue::new(unique_id("dialog"));
    let pressed_on_backdrop = StoredValue::new(false);
    let children = StoredValue::new(children);
    let context = DialogContext {
        pending: StoredValue::new(None),
    };
    let dismiss = move || {
        if !context.is_pending() {
            on_dismiss.run(());
        }
    };

    let show = move || {
        if let Some(dialog) = node.get_untracked()
            && open.get_untracked()
            && !dialog.open()
        {
            dialog.show_modal().ok();
        }
    };
    Effect::new(move || {
        if open.get() {
            // After rendering, so that the first field gets the focus, and before the next key
            // event, so that no keystroke is lost when the palette opens.
            spawn_local(async move {
                tick().await;
                show();
            });
        } else if let Some(dialog) = node.get() {
            dialog.close();
        }
    });

    let is_backdrop = move |event: &ev::Event| {
        let target = event_target::<web_sys::Element>(event);
        node.get_untracked()
            .is_some_and(|dialog| target.is_same_node(Some(&dialog)))
    };
    let on_click = move |event: ev::MouseEvent| {
        if is_backdrop(&event)
            && pressed_on_backdrop.get_value()
            && backdrop_dismisses.get_untracked()
        {
            dismiss();
        }
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            dismiss();
        }
    };

    view! {
        <dialog
            node_ref=node
            class=size.class()
            aria-labelledby=title_id.get_value()
            on:pointerdown=move |event| pressed_on_backdrop.set_value(is_backdrop(&event))
            on:click=on_click
            on:keydown=on_keydown
            // Escape while no element inside has the focus, or the back gesture of a phone.
            on:cancel=move |event: ev::Event| {
                event.prevent_default();
                dismiss();
            }
            // Browsers may close a dialog regardless of `cancel`; it is reopened then.
            on:close=move |_| show()
        >
            <Show when=move || open.get()>
                <div class="dialog__panel">
                    <header class="dialog__head">
                        <h2 class="dialog__title" id=title_id.get_value()>
                            {title}
                        </h2>
                        <button
                            type="button"
                            class="icon-button"
                            aria-label="Close"
                            on:click=move |_| dismiss()
                        >
                            <Icon kind=IconKind::X />
                        </button>
                    </header>
                    <Provider value=context>
                        {children.with_value(|children| children())}
                    </Provider>
                </div>
            </Show>
        </dialog>
    }
}
