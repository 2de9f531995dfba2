//! How a call ended as a colored badge that also reads without color.

use crate::{
    try_it_out::logic::history::Ended,
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;

/// How a call ended.
#[component]
pub fn EndedBadge(
    /// How it ended.
    ended: Ended,
    /// The words for it.
    text: String,
) -> impl IntoView {
    let (class, icon) = match ended {
        Ended::Answered(200..=299) => ("badge badge--success", IconKind::CircleCheck),
        Ended::Answered(400..) | Ended::Unanswered => {
            ("badge badge--danger", IconKind::CircleAlert)
        }
        Ended::Answered(_) => ("badge badge--info", IconKind::CircleAlert),
        Ended::Cancelled => ("badge badge--neutral", IconKind::Ban),
    };
    view! {
        <span class=class>
            <Icon kind=icon />
            {text}
        </span>
    }
}
