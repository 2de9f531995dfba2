//! The tabs above a panel: one of a few things is shown.

use crate::ui::selection::step_selection;
use leptos::{ev, html, prelude::*};

/// Tabs that show one of several things in the panel below them. The arrow keys, Home
/// and End move between them.
#[component]
pub fn TabList(
    /// What the tabs are called.
    labels: Vec<String>,
    /// Which one is shown.
    #[prop(into)]
    selected: Signal<usize>,
    /// Called with the one that is chosen.
    #[prop(into)]
    on_select: Callback<usize>,
    /// What the tabs are for.
    #[prop(into)]
    name: String,
    /// The beginning of the tabs' ids: the panel is `{id}-panel`, the tabs `{id}-tab-0`
    /// and so on.
    id: String,
) -> impl IntoView {
    let count = labels.len();
    let tabs: Vec<NodeRef<html::Button>> = (0..count).map(|_| NodeRef::new()).collect();
    let tabs = StoredValue::new(tabs);
    let on_keydown = move |event: ev::KeyboardEvent| {
        let at = selected.get_untracked();
        let index = match event.key().as_str() {
            "ArrowRight" => step_selection(at, 1, count),
            "ArrowLeft" => step_selection(at, -1, count),
            "Home" => 0,
            "End" => count.saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        on_select.run(index);
        let tab = tabs.with_value(|tabs| tabs.get(index).and_then(GetUntracked::get_untracked));
        if let Some(tab) = tab {
            tab.focus().ok();
        }
    };
    let panel = format!("{id}-panel");
    let tabs = labels
        .into_iter()
        .enumerate()
        .map(|(index, label)| {
            let is_shown = move || selected.get() == index;
            let node_ref = tabs.with_value(|tabs| tabs[index]);
            view! {
                <button
                    type="button"
                    class="tabs__tab"
                    role="tab"
                    id=format!("{id}-tab-{index}")
                    node_ref=node_ref
                    aria-selected=move || is_shown().to_string()
                    aria-controls=panel.clone()
                    tabindex=move || if is_shown() { "0" } else { "-1" }
                    on:click=move |_| on_select.run(index)
                >
                    {label}
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="tabs__list" role="tablist" aria-label=name on:keydown=on_keydown>
            {tabs}
        </div>
    }
}
