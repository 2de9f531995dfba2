//! Step 4: from where the key may be used.

use super::wizard_state::WizardState;
use crate::components::field::Field;
use leptos::prelude::*;

/// From anywhere, or from a list of addresses.
#[component]
pub fn IpRestrictions(
    /// The form.
    wizard: WizardState,
) -> impl IntoView {
    let draft = wizard.draft;
    let restrict = Memo::new(move |_| draft.with(|draft| draft.restrict_ips));
    let set = move |restrict| draft.update(|draft| draft.restrict_ips = restrict);
    let (ips, set_ips) = create_slice(
        draft,
        |draft| draft.ips.clone(),
        |draft, ips| draft.ips = ips,
    );
    view! {
        <fieldset class="choices">
            <legend class="visually-hidden">"IP Restrictions"</legend>
            <label class="check check--tile">
                <input
                    type="radio"
                    name="ips"
                    prop:checked=move || !restrict.get()
                    on:change=move |_| set(false)
                />
                <span class="check__label">"Allow All IPs"</span>
                <span class="check__help">"Works from anywhere."</span>
            </label>
            <label class="check check--tile">
                <input
                    type="radio"
                    name="ips"
                    prop:checked=restrict
                    on:change=move |_| set(true)
                />
                <span class="check__label">"Restrict to IPs"</span>
                <span class="check__help">"Requests from other addresses are refused."</span>
            </label>
        </fieldset>
        <Show when=move || restrict.get()>
            <Field
                label="Allowed IP addresses"
                value=ips
                set_value=set_ips
                placeholder="203.0.113.0/24, 198.51.100.5"
                help="Comma-separated IP addresses or CIDR ranges, for example 203.0.113.0/24, 198.51.100.5"
                error=wizard.message("ip_allowlist")
            />
        </Show>
    }
}
