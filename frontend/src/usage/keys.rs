use crate::ui::{
    button::{Button, ButtonSize},
    panel::Panel,
    relative_time::RelativeTime,
};
use crate::usage::url::UsageUrl;
use leptos::prelude::*;
use shared::number::{grouped, percent};
use shared::usage::{ApiUsage, KeyUsageRow};

/// Table of keys; a click on a row filters by its key.
#[component]
pub fn Keys(
    usage: Signal<ApiUsage>,
    /// Updated by a click on a row.
    url: UsageUrl,
) -> impl IntoView {
    let rows = Memo::new(move |_| usage.with(|usage| usage.keys.clone()));
    let is_filtered = Memo::new(move |_| url.query.with(|query| query.key.is_some()));
    view! {
        <Panel
            id="by-key"
            title="Usage by API Key"
            actions=move || {
                view! {
                    <Show when=move || is_filtered.get()>
                        <Button size=ButtonSize::Small on_click=move || url.choose_key(None)>
                            "Show all keys"
                        </Button>
                    </Show>
                }
            }
        >
            <table class="data-table data-table--cards">
                <caption class="visually-hidden">"Usage by API key, most requests first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Key Name"</th>
                        <th scope="col" class="is-number">
                            "Requests"
                        </th>
                        <th scope="col" class="is-number">
                            "Success Rate"
                        </th>
                        <th scope="col">"Last Used"</th>
                    </tr>
                </thead>
                <tbody>
                    {move || {
                        rows.get()
                            .into_iter()
                            .map(|key| view! { <Row key=key url /> })
                            .collect_view()
                    }}
                </tbody>
            </table>
        </Panel>
    }
}

#[component]
fn Row(key: KeyUsageRow, url: UsageUrl) -> impl IntoView {
    let id = StoredValue::new(key.key_id.clone());
    let choose = move |_| url.choose_key(Some(id.get_value()));
    let is_chosen = move || {
        url.query
            .with(|query| query.key.as_ref() == Some(&id.get_value()))
    };
    view! {
        <tr class="is-link" class:is-chosen=is_chosen on:click=choose>
            <th scope="row" class="is-breakable">
                <button
                    type="button"
                    class="link-button"
                    title="Show this key only"
                    aria-pressed=move || is_chosen().to_string()
                >
                    {key.name}
                </button>
            </th>
            <td class="is-number" data-label="Requests">
                {grouped(key.requests)}
            </td>
            <td class="is-number" data-label="Success Rate">
                {percent(key.success_rate)}
            </td>
            <td data-label="Last Used">
                <RelativeTime at=Signal::stored(key.last_used_at) />
            </td>
        </tr>
    }
}
