//! How a call ended as a colored badge that also reads without color.

use crate::{
    try_it_out::logic::history::CallStatus,
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;

/// How a call ended.
#[component]
pub fn EndedBadge(
    /// How it ended.
    ended: CallStatus,
    /// The words for it.
    text: String,
) -> impl IntoView {
    let (class, icon) = match ended {
        CallStatus::Answered(200..=299) => ("badge badge--success", IconKind::CircleCheck),
        CallStatus::Answered(400..) | CallStatus::Unanswered => {
            ("badge badge--danger", IconKind::CircleAlert)
        }
        CallStatus::Answered(_) => ("badge badge--info", IconKind::CircleAlert),
        CallStatus::Cancelled => ("badge badge--neutral", IconKind::Ban),
    };
    view! {
        <span class=class>
            <Icon kind=icon />
            {text}
        </span>
    }
}
