//! Preview of the SDK that has been announced but not released.

use crate::{
    docs::highlight::{Language, parts},
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;

/// Operation whose page shows the preview.
const OPERATION: &str = "send_email";

const CODE: &str = "const penguinmails = require('@penguinmails/sdk');

const client = new penguinmails.Client('pm_live_...');

await client.emails.send({
  to: 'user@example.com',
  subject: 'Hello',
  html_body: '<h1>Hello World</h1>'
});";

/// The announced SDK, dimmed and without a copy button because it cannot be installed yet.
#[component]
pub fn SdkPreview(
    /// Operation of the current page.
    operation_id: String,
) -> impl IntoView {
    (operation_id == OPERATION).then(|| {
        let code = parts(Language::JavaScript, CODE).into_iter();
        let code = code.map(|(_, text)| text).collect::<String>();
        view! {
            <details class="sdk-preview">
                <summary>
                    <Icon kind=IconKind::ChevronRight />
                    "Node.js SDK (Coming Soon)"
                    <span class="badge badge--outline">
                        <Icon kind=IconKind::Clock />
                        "Coming Q1 2026"
                    </span>
                </summary>
                <pre class="sdk-preview__code" tabindex="0" role="region" aria-label="Node.js SDK">
                    <code>{code}</code>
                </pre>
                <p>"Not published yet. The examples above run today."</p>
            </details>
        }
    })
}
