//! The command palette: finds pages, actions and keys by a part of their name.

mod commands;
mod key_search;
pub mod shortcut;
pub mod shortcuts;

use crate::ui::{
    dialog::{Dialog, DialogSize},
    icon::{Icon, IconKind},
    unique_id::unique_id,
};
use crate::{
    keys::logic::{action::action_and_key, text::without_secret},
    state::{overlays::Overlays, session::Session},
    ui::selection::step_selection,
};
use commands::{Command, CommandAction, CommandContext, matching};
use key_search::KeySearch;
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::role::Role;

/// The palette, opened with Ctrl+K or ⌘K anywhere in the dashboard.
#[component]
pub fn CommandPalette() -> impl IntoView {
    let overlays = Overlays::expect();
    // Outlives the content, which is removed before a command runs.
    let context = CommandContext::expect();
    view! {
        <Dialog
            open=overlays.palette
            title="Command palette"
            on_dismiss=move || overlays.palette.set(false)
            size=DialogSize::Palette
        >
            <Palette context />
        </Dialog>
    }
}

#[component]
fn Palette(context: CommandContext) -> impl IntoView {
    let overlays = Overlays::expect();
    let role = Session::expect().role_untracked();
    let navigate = StoredValue::new_local(use_navigate());
    let query = RwSignal::new(String::new());
    let searched = Memo::new(move |_| {
        query.with(|text| {
            let (action, key) = action_and_key(text);
            // Only the public part of a pasted key is sent.
            let key = without_secret(key);
            let is_wanted = role >= Role::Developer && (action.is_some() || !key.is_empty());
            is_wanted.then(|| key.to_owned())
        })
    });
    let keys = KeySearch::of(searched);
    let selected = RwSignal::new(0_usize);
    let list_id = StoredValue::new(unique_id("commands"));
    let option_id = move |index: usize| format!("{}-{index}", list_id.get_value());

    let commands = Memo::new(move |_| {
        let (action, found) = (query.with(|text| action_and_key(text).0), keys.found());
        let mut commands: Vec<_> = match action {
            Some(action) => found
                .iter()
                .filter_map(|key| Command::on_key(action, key))
                .collect(),
            None => found.iter().map(Command::for_key).collect(),
        };
        commands.extend(query.with(|query| matching(query, role)));
        commands
    });
    let position = Memo::new(move |_| {
        let last = commands.with(Vec::len).saturating_sub(1);
        selected.get().min(last)
    });
    let type_text = move |text: String| {
        selected.set(0);
        query.set(text);
    };
    let run = move |index: usize| {
        let Some(command) = commands.with_untracked(|commands| commands.get(index).cloned()) else {
            return;
        };
        if let CommandAction::Choose(verb) = command.action {
            type_text(format!("{verb} "));
            return;
        }
        // Closing the palette disposes its stored values.
        let navigate = navigate.get_value();
        overlays.palette.set(false);
        // Runs after the dialog has restored the focus, so that the next dialog can take it.
        request_animation_frame(move || {
            context.run(command.action, |path| {
                navigate(path, NavigateOptions::default());
            });
        });
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "Enter" if !event.is_composing() => {
                event.prevent_default();
                run(position.get_untracked());
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let length = commands.with_untracked(Vec::len);
        selected.set(step_selection(position.get_untracked(), step, length));
        let id = option_id(selected.get_untracked());
        request_animation_frame(move || scroll_to(&id));
    };
    let status = move || {
        if keys.is_busy() {
            "Searching keys…".to_owned()
        } else if keys.has_failed() {
            "The keys could not be searched.".to_owned()
        } else {
            match commands.with(Vec::len) {
                0 => "Nothing found.".into(),
                1 => "1 result".into(),
                count => format!("{count} results"),
            }
        }
    };
    view! {
        <div class="palette__field">
            <Icon kind=IconKind::Search />
            <input
                class="palette__input"
                type="text"
                role="combobox"
                aria-expanded="true"
                aria-autocomplete="list"
                aria-controls=list_id.get_value()
                aria-activedescendant=move || option_id(position.get())
                aria-label="Search pages, actions and keys"
                placeholder="Search pages, actions and keys…"
                autocomplete="off"
                spellcheck="false"
                maxlength="200"
                autofocus=true
                prop:value=query
                on:input=move |event| type_text(event_target_value(&event))
                on:keydown=on_keydown
            />
            <kbd class="kbd">"Esc"</kbd>
        </div>
        <ul class="palette__list" role="listbox" id=list_id.get_value() aria-label="Commands">
            {move || {
                let mut group = "";
                commands
                    .get()
                    .into_iter()
                    .enumerate()
                    .map(|(index, command)| {
                        let heading = (command.group != group).then_some(command.group);
                        group = command.group;
                        view! {
                            <Line
                                command
                                heading
                                id=option_id(index)
                                selected=Signal::derive(move || position.get() == index)
                                on_select=move || selected.set(index)
                                on_run=move || run(index)
                            />
                        }
                    })
                    .collect_view()
            }}
        </ul>
        <p class="palette__foot" role="status">
            {status}
        </p>
    }
}

#[component]
fn Line(
    command: Command,
    /// Group name, only on the group's first line.
    heading: Option<&'static str>,
    id: String,
    selected: Signal<bool>,
    #[prop(into)] on_select: Callback<()>,
    #[prop(into)] on_run: Callback<()>,
) -> impl IntoView {
    view! {
        {heading
            .map(|heading| {
                view! {
                    <li class="palette__group" role="presentation">
                        {heading}
                    </li>
                }
            })}
        <li
            class="palette__line"
            role="option"
            id=id
            aria-selected=move || selected.get().to_string()
            on:pointermove=move |_| {
                if !selected.get_untracked() {
                    on_select.run(());
                }
            }
            on:click=move |_| on_run.run(())
        >
            <Icon kind=command.icon />
            <span class="palette__label">{command.label}</span>
            <span class="palette__hint">{command.hint}</span>
        </li>
    }
}

fn scroll_to(id: &str) {
    if let Some(line) = document().get_element_by_id(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        line.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
