//! Badges of keys, readable without color.

use crate::ui::icon::{Icon, IconKind};
use leptos::prelude::*;
use shared::key::{Environment, KeyStatus};

#[component]
pub fn StatusBadge(
    /// Determines text, icon and color.
    #[prop(into)]
    status: Signal<KeyStatus>,
) -> impl IntoView {
    let icon = Signal::derive(move || match status.get() {
        KeyStatus::Active => IconKind::CircleCheck,
        KeyStatus::Rotating => IconKind::Rotate,
        KeyStatus::Disabled => IconKind::Pause,
        KeyStatus::Expired => IconKind::Clock,
        KeyStatus::Revoked => IconKind::Ban,
    });
    let class = move || match status.get() {
        KeyStatus::Active => "badge badge--success",
        KeyStatus::Rotating => "badge badge--info",
        KeyStatus::Disabled => "badge badge--warning",
        KeyStatus::Expired => "badge badge--neutral",
        KeyStatus::Revoked => "badge badge--danger",
    };
    view! {
        <span class=class>
            <Icon kind=icon />
            {move || status.get().label()}
        </span>
    }
}

#[component]
pub fn EnvironmentBadge(
    /// Determines text and icon.
    environment: Environment,
) -> impl IntoView {
    let icon = match environment {
        Environment::Live => IconKind::Globe,
        Environment::Test => IconKind::Flask,
    };
    view! {
        <span class="badge badge--outline">
            <Icon kind=icon />
            {environment.label()}
        </span>
    }
}
