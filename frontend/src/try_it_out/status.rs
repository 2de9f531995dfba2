//! Badge for the outcome of a call. Its meaning doesn't depend on color.

use crate::{
    try_it_out::logic::history::CallStatus,
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;

/// The outcome of a call.
#[component]
pub fn EndedBadge(
    /// Decides the color and the icon.
    ended: CallStatus,
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
