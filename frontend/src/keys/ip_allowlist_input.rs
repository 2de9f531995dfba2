//! The input for a key's IP allowlist.

use crate::ui::{
    binding::Binding,
    button::{Button, ButtonSize},
    field::Field,
    icon::{Icon, IconKind},
};
use crate::{
    keys::logic::ip_list::{IpList, describe, lets_in},
    state::session::Session,
};
use leptos::{ev, prelude::*};

/// Allows all addresses, or a list of addresses and ranges.
#[component]
pub fn IpPicker(
    #[prop(into)] ips: Binding<IpList>,
    /// Validation error, shown at the field.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let Binding {
        value: ips,
        set: set_ips,
    } = ips;
    let change = move |change: &dyn Fn(&mut IpList)| {
        // The field also loses focus when its dialog closes, which disposes the signal.
        let Some(mut list) = ips.try_get_untracked() else {
            return;
        };
        change(&mut list);
        set_ips.set(list);
    };
    let restricted = Memo::new(move |_| ips.with(|ips| ips.restricted));
    let typed = Memo::new(move |_| ips.with(|ips| ips.typed.clone()));
    let set_typed = SignalSetter::map(move |text: String| change(&|list| list.type_text(&text)));
    let commit = move || {
        let typed = typed.try_get_untracked();
        if typed.is_some_and(|typed| !typed.is_empty()) {
            change(&IpList::commit);
        }
    };
    // After pasting text that ends in a separator, `typed` is empty as before. The signal doesn't
    // notify, so clear the field here.
    let on_input = move |event: ev::Event| {
        let field = event_target::<web_sys::HtmlInputElement>(&event);
        let typed = typed.get_untracked();
        if field.value() != typed {
            field.set_value(&typed);
        }
    };
    // Enter commits an entry. With an empty field, it submits the form.
    let on_keydown = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && !typed.get_untracked().is_empty() {
            event.prevent_default();
            commit();
        }
    };
    view! {
        <fieldset class="choices">
            <legend class="visually-hidden">"IP Restrictions"</legend>
            <label class="check check--tile">
                <input
                    type="radio"
                    name="ips"
                    prop:checked=move || !restricted.get()
                    on:change=move |_| change(&|list| list.restricted = false)
                />
                <span class="check__label">"Allow All IPs"</span>
                <span class="check__help">"Works from anywhere."</span>
            </label>
            <label class="check check--tile">
                <input
                    type="radio"
                    name="ips"
                    prop:checked=restricted
                    on:change=move |_| change(&|list| list.restricted = true)
                />
                <span class="check__label">"Restrict to IPs"</span>
                <span class="check__help">"Requests from other addresses are refused."</span>
            </label>
        </fieldset>
        <Show when=move || restricted.get()>
            <div on:input=on_input on:keydown=on_keydown on:focusout=move |_| commit()>
                <Field
                    label="Allowed IP addresses"
                    value=Binding {
                        value: typed.into(),
                        set: set_typed,
                    }
                    placeholder="203.0.113.0/24, 198.51.100.5"
                    help="Comma-separated IP addresses or CIDR ranges, for example 203.0.113.0/24, 198.51.100.5"
                    error
                />
            </div>
            <Chips ips remove=move |entry: String| change(&|list| list.remove(&entry)) />
            <OwnAddress ips add=move |entry: String| change(&|list| list.add(&entry)) />
        </Show>
    }
}

/// The entries, each with its number of addresses.
#[component]
fn Chips(ips: Signal<IpList>, #[prop(into)] remove: Callback<String>) -> impl IntoView {
    let entries = Memo::new(move |_| ips.with(|ips| ips.entries.clone()));
    let chip = move |entry: String| {
        let view = describe(&entry);
        let is_wrong = view.is_none();
        let (size, caution) = match view {
            Some(view) => (view.size, view.caution),
            None => ("Not an address or range".into(), None),
        };
        let label = format!("Remove {entry}");
        let text = entry.clone();
        view! {
            <li class="chip" class:is-wrong=is_wrong>
                <code class="chip__text">{text}</code>
                <span class="chip__size">{size}</span>
                <button
                    type="button"
                    class="icon-button icon-button--small"
                    aria-label=label
                    on:click=move |_| remove.run(entry.clone())
                >
                    <Icon kind=IconKind::X />
                </button>
                {caution
                    .map(|caution| {
                        view! {
                            <span class="chip__caution">
                                <Icon kind=IconKind::Triangle />
                                {caution}
                            </span>
                        }
                    })}
            </li>
        }
    };
    view! {
        <Show when=move || entries.with(|entries| !entries.is_empty())>
            <ul class="chips" role="list" aria-label="Allowed addresses">
                <For each=move || entries.get() key=Clone::clone children=chip />
            </ul>
        </Show>
    }
}

/// Shows if the list includes the user's current address, with a button to add it.
#[component]
fn OwnAddress(ips: Signal<IpList>, #[prop(into)] add: Callback<String>) -> impl IntoView {
    let address = untrack(|| Session::expect().view()).map(|session| session.address);
    address.map(|address| {
        let address = StoredValue::new(address);
        let is_in = Memo::new(move |_| {
            ips.with(|ips| address.with_value(|address| lets_in(&ips.all(), address)))
        });
        move || match is_in.get() {
            Some(true) => view! {
                <p class="is-secondary own-address">
                    <Icon kind=IconKind::CircleCheck />
                    <span>
                        "Your current address " <code class="code">{address.get_value()}</code>
                        " is on the list."
                    </span>
                </p>
            }
            .into_any(),
            Some(false) => view! {
                <Button
                    size=ButtonSize::Small
                    class="own-address"
                    icon=IconKind::Plus
                    on_click=move || add.run(address.get_value())
                >
                    "Use my current address "
                    <code class="code">{address.get_value()}</code>
                </Button>
            }
            .into_any(),
            None => ().into_any(),
        }
    })
}
