//! The list of recent calls, which can be reopened.

use crate::try_it_out::{status::EndedBadge, tester::Tester};
use crate::{
    state::clock,
    try_it_out::logic::{
        answer::duration,
        history::{Call, CallStatus},
    },
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::docs::operation_path;

/// Recent calls, newest first.
#[component]
pub fn RecentCalls(tester: Tester) -> impl IntoView {
    let history = tester.memory().history;
    let is_empty = Memo::new(move |_| history.with(|history| history.calls().is_empty()));
    let count = move || history.with(|history| history.calls().len());
    view! {
        <Show when=move || !is_empty.get()>
            <details class="tester__history">
                <summary>
                    <Icon kind=IconKind::ChevronRight />
                    {move || format!("Recent calls ({})", count())}
                </summary>
                <ul role="list">
                    <For
                        each=move || history.with(|history| history.calls().to_vec())
                        key=|call| call.number
                        children=move |call| view! { <CallLine tester call /> }
                    />
                </ul>
            </details>
        </Show>
    }
}

#[component]
fn CallLine(tester: Tester, call: Call) -> impl IntoView {
    let navigate = StoredValue::new_local(use_navigate());
    let ended = call.ended;
    let status = match ended {
        CallStatus::Answered(status) => status.to_string(),
        CallStatus::Cancelled => "cancelled".to_owned(),
        CallStatus::Unanswered => "no response".to_owned(),
    };
    let moment = clock::local(call.at).format("%H:%M:%S").to_string();
    let line = format!("{} {}", call.method, call.url);
    let took = duration(call.took_ms);
    let label = format!("Open {line} again ({status})");
    let reopen = move |_| {
        if call.operation_id == tester.operation().listed.id {
            tester.draft.set(call.draft.clone());
            return;
        }
        tester.memory().reopen(&call);
        let path = operation_path(&call.group, &call.operation_id);
        navigate.with_value(|navigate| {
            navigate(&format!("{path}#try-it-out"), NavigateOptions::default());
        });
    };
    view! {
        <li>
            <button type="button" class="tester__call" aria-label=label on:click=reopen>
                <code class="tester__call-line">{line}</code>
                <EndedBadge ended text=status />
                <span>{took}</span>
                <span>{moment}</span>
            </button>
        </li>
    }
}
