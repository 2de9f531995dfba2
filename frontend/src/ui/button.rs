//! Buttons, and links that look like them. Other attributes and events are passed on to the
//! element: `<Button on:click=save attr:aria-label="Save">`.

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
    /// Set while the action is running.
    #[prop(into, optional)]
    busy: Signal<bool>,
    #[prop(into, optional)] disabled: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=self::class(variant, size, class)
            class:is-busy=busy
            disabled=disabled
            aria-disabled=move || busy.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
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
