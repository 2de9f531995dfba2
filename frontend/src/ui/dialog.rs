//! The modal dialog: the browser's own, which brings the focus trap, the inert
//! page and the return of the focus with it.

use crate::ui::{
    icon::{Icon, IconKind},
    unique_id::unique_id,
};
use leptos::{
    ev, html,
    prelude::*,
    task::{spawn_local, tick},
};

/// How wide a dialog is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DialogSize {
    /// For a question.
    #[default]
    Small,
    /// For a form.
    Large,
    /// The phone's navigation, at the left edge.
    Drawer,
    /// Details of something on the page, at the right edge.
    Side,
    /// The command palette, whose field takes the heading's place.
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

/// A modal dialog. What is in it exists only while it is open, so a form starts
/// empty and a secret is gone when it closes.
///
/// Escape, the close button and a click beside it only *ask* for it to be closed:
/// the owner decides.
#[component]
pub fn Dialog(
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Its heading and name.
    #[prop(into)]
    title: Signal<String>,
    /// Called when the person wants it closed.
    #[prop(into)]
    on_dismiss: Callback<()>,
    /// How wide it is.
    #[prop(optional)]
    size: DialogSize,
    /// Whether a click beside it counts as wanting it closed.
    #[prop(into, default = Signal::from(true))]
    backdrop_dismisses: Signal<bool>,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let title_id = StoredValue::new(unique_id("dialog"));
    let pressed_on_backdrop = StoredValue::new(false);
    let children = StoredValue::new(children);

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
            // After its content has been drawn, so that its first field gets the focus, and
            // before the browser delivers another key: whoever opens the palette goes on typing.
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
            on_dismiss.run(());
        }
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            on_dismiss.run(());
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
            // Escape while nothing in it has the focus, or a phone's gesture for "back".
            on:cancel=move |event: ev::Event| {
                event.prevent_default();
                on_dismiss.run(());
            }
            // A browser may close it against our will; then it opens again.
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
                            on:click=move |_| on_dismiss.run(())
                        >
                            <Icon kind=IconKind::X />
                        </button>
                    </header>
                    {children.with_value(|children| children())}
                </div>
            </Show>
        </dialog>
    }
}
