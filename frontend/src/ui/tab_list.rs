use crate::ui::selection::step_selection;
use leptos::{ev, html, prelude::*};

/// Tabs that switch the panel below them, operable with arrow keys, Home and End.
#[component]
pub fn TabList(
    labels: Vec<String>,
    /// Index of the selected tab.
    #[prop(into)]
    selected: Signal<usize>,
    /// Called with the index of the chosen tab.
    #[prop(into)]
    on_select: Callback<usize>,
    /// Accessible name of the tab list.
    #[prop(into)]
    name: String,
    /// Prefix of the element IDs: the panel is `{id}-panel`, the tabs are `{id}-tab-0` and up.
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
