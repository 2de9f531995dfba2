//! Buttons, and links that look like them.

use crate::ui::icon::{Icon, IconKind};
use leptos::prelude::*;
use leptos_router::components::A;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonVariant {
    /// The main action of a page or dialog.
    Primary,
    #[default]
    Secondary,
    /// Without a border.
    Quiet,
    /// Irreversible action.
    Danger,
    /// Opens the confirmation of an irreversible action.
    DangerQuiet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonSize {
    #[default]
    Normal,
    Small,
}

fn class(variant: ButtonVariant, size: ButtonSize, more: &str) -> String {
    let variant = match variant {
        ButtonVariant::Primary => "primary",
        ButtonVariant::Secondary => "secondary",
        ButtonVariant::Quiet => "quiet",
        ButtonVariant::Danger => "danger",
        ButtonVariant::DangerQuiet => "danger-quiet",
    };
    let size = match size {
        ButtonSize::Normal => "",
        ButtonSize::Small => " button--small",
    };
    let space = if more.is_empty() { "" } else { " " };
    format!("button button--{variant}{size}{space}{more}")
}

/// While `busy` it keeps its size, label and focus; the caller must ignore further clicks.
///
/// It takes its event and what can change as properties. Handlers and attributes that are spread on
/// a component, such as `on:click`, stay on the element when the view around it is rendered again.
#[component]
pub fn Button(
    #[prop(optional)] variant: ButtonVariant,
    #[prop(optional)] size: ButtonSize,
    /// Additional classes.
    #[prop(optional)]
    class: &'static str,
    /// Submits the form around it.
    #[prop(optional)]
    submit: bool,
    #[prop(into, optional)] icon: Option<Signal<IconKind>>,
    /// Accessible name, if it differs from the text.
    #[prop(into, optional)]
    label: Option<String>,
    /// Element ID of a description, such as the reason why the button is disabled.
    #[prop(into, optional)]
    described_by: MaybeProp<String>,
    /// State of a button that switches something on and off.
    #[prop(into, optional)]
    pressed: MaybeProp<bool>,
    /// State of a button that shows and hides something.
    #[prop(into, optional)]
    expanded: MaybeProp<bool>,
    /// Focuses the button when its dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// Set while the action is running.
    #[prop(into, optional)]
    busy: Signal<bool>,
    #[prop(into, optional)] disabled: Signal<bool>,
    #[prop(into, optional)] on_click: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let click = move |_| {
        if let Some(on_click) = on_click {
            on_click.run(());
        }
    };
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=self::class(variant, size, class)
            class:is-busy=busy
            autofocus=autofocus
            disabled=disabled
            aria-label=label
            aria-describedby=move || described_by.get()
            aria-pressed=move || pressed.get().map(|pressed| pressed.to_string())
            aria-expanded=move || expanded.get().map(|expanded| expanded.to_string())
            aria-disabled=move || busy.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            on:click=click
        >
            {icon.map(|kind| view! { <Icon kind /> })}
            {children()}
        </button>
    }
}

#[component]
pub fn ButtonLink(
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] variant: ButtonVariant,
    #[prop(optional)] size: ButtonSize,
    children: Children,
) -> impl IntoView {
    view! {
        <A href=move || href.get() attr:class=class(variant, size, "")>
            {children()}
        </A>
    }
}
