//! The keyboard shortcuts of every page, and the dialog that lists them.

use crate::ui::dialog::Dialog;
use crate::{
    command_palette::shortcut::{PAIR_WITHIN_MS, Press, Shortcut, read},
    keys::creation::KeyCreation,
    logic::site_map::PAGES,
    state::{
        clock,
        overlays::{Overlays, command_key},
        session::Session,
    },
};
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::role::Role;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Listens for shortcuts while mounted, and renders the dialog that lists them.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let overlays = Overlays::expect();
    let creation = KeyCreation::expect();
    let session = Session::expect();
    let navigate = use_navigate();
    let after_g = StoredValue::new(None::<i64>);
    let run = move |shortcut: Shortcut| match shortcut {
        Shortcut::Open(page) if page.is_open_to(Some(session.role_untracked())) => {
            navigate(page.path, NavigateOptions::default());
        }
        Shortcut::CreateKey if session.role_untracked() >= Role::Developer => {
            creation.begin();
        }
        Shortcut::Search => {
            if !focus_search() {
                overlays.palette.set(true);
            }
        }
        Shortcut::Help => overlays.shortcuts.set(true),
        Shortcut::Open(_) | Shortcut::CreateKey => {}
    };
    let listener = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() || Overlays::is_any_dialog_open() {
            return;
        }
        let with_command = event.ctrl_key() || event.meta_key();
        if with_command && !event.alt_key() && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            overlays.palette.set(true);
            return;
        }
        let is_plain = !with_command && !event.alt_key() && !event.repeat();
        if !is_plain || !overlays.has_single_keys_now() || is_typing(&event) {
            return;
        }
        let now = clock::now().timestamp_millis();
        let pending = after_g
            .get_value()
            .is_some_and(|at| now - at < PAIR_WITHIN_MS);
        after_g.set_value(None);
        match read(&event.key(), pending) {
            Press::Run(shortcut) => {
                event.prevent_default();
                run(shortcut);
            }
            Press::Wait => after_g.set_value(Some(now)),
            Press::Ignore => {}
        }
    });
    on_cleanup(move || listener.remove());
    view! {
        <Dialog
            open=overlays.shortcuts
            title="Keyboard shortcuts"
            on_dismiss=move || overlays.shortcuts.set(false)
        >
            <Sheet />
        </Dialog>
    }
}

#[component]
fn Sheet() -> impl IntoView {
    let overlays = Overlays::expect();
    let role = Session::expect().role_untracked();
    let line = |keys: Vec<String>, text: String| {
        view! {
            <div>
                <dt>{text}</dt>
                <dd>
                    {keys
                        .into_iter()
                        .map(|key| view! { <kbd class="kbd">{key}</kbd> })
                        .collect_view()}
                </dd>
            </div>
        }
    };
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    view! {
        <div class="dialog__body">
            <dl class="shortcuts">
                {line(keys(&[command_key(), "K"]), "Command palette".into())}
                {line(keys(&["/"]), "Search".into())}
                {(role >= Role::Developer).then(|| line(keys(&["C"]), "Create API key".into()))}
                {PAGES
                    .iter()
                    .filter(|page| page.is_open_to(Some(role)))
                    .map(|page| {
                        let letter = page.shortcut.to_ascii_uppercase().to_string();
                        line(keys(&["G", &letter]), format!("Go to {}", page.label))
                    })
                    .collect_view()}
                {line(keys(&["?"]), "This list".into())}
            </dl>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || overlays.has_single_keys()
                    on:change=move |event| overlays.set_single_keys(event_target_checked(&event))
                />
                <span class="check__label">"Use single keys as shortcuts"</span>
                <span class="check__help">
                    {format!("{}+K works in any case.", command_key())}
                </span>
            </label>
        </div>
    }
}

/// Returns true if the event's target is a text field or a drop-down.
fn is_typing(event: &ev::KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|target| {
        let name = target.tag_name();
        matches!(name.as_str(), "INPUT" | "TEXTAREA" | "SELECT") || target.is_content_editable()
    })
}

/// Focuses the page's search field. Returns false if there is none.
fn focus_search() -> bool {
    let field = document()
        .query_selector("main input[type=search]")
        .ok()
        .flatten();
    let field = field.and_then(|field| field.dyn_into::<HtmlElement>().ok());
    field.is_some_and(|field| field.focus().is_ok())
}
