//! Form field with label, help text and error.

use crate::ui::{
    binding::Binding,
    icon::{Icon, IconKind},
    unique_id::unique_id,
};
use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldKind {
    #[default]
    Text,
    Email,
    Password,
    Date,
    /// Text with multiple lines.
    Multiline,
}

impl FieldKind {
    const fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Multiline => "text",
            Self::Email => "email",
            Self::Password => "password",
            Self::Date => "date",
        }
    }
}

/// Labeled input. Screen readers announce its help text and error.
#[component]
pub fn Field(
    /// Visible label and accessible name.
    #[prop(into)]
    label: Signal<String>,
    #[prop(into)] value: Binding<String>,
    /// Determines the element and its `type`.
    #[prop(optional)]
    kind: FieldKind,
    /// Hint below the field.
    #[prop(into, optional)]
    help: String,
    /// Validation error, shown below the field.
    #[prop(into, optional)]
    error: Signal<Option<String>>,
    /// Value of the `autocomplete` attribute, such as `email` or `current-password`.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Example of a valid value.
    #[prop(optional)]
    placeholder: &'static str,
    /// Focuses the field when its dialog or page opens.
    #[prop(optional)]
    autofocus: bool,
    /// Marks the field as optional.
    #[prop(optional)]
    optional: bool,
    /// Maximum length in characters.
    #[prop(optional, into)]
    max_chars: Option<usize>,
    /// Earliest allowed date.
    #[prop(optional, into)]
    min: Option<String>,
) -> impl IntoView {
    let Binding { value, set } = value;
    let id = unique_id("field");
    let help_id = format!("{id}-help");
    let error_id = format!("{id}-error");
    let has_help = !help.is_empty();
    let described_by = {
        let (help_id, error_id) = (help_id.clone(), error_id.clone());
        Signal::derive(move || {
            let mut ids = Vec::new();
            if error.with(Option::is_some) {
                ids.push(error_id.as_str());
            }
            if has_help {
                ids.push(help_id.as_str());
            }
            (!ids.is_empty()).then(|| ids.join(" "))
        })
    };
    let revealed = RwSignal::new(false);
    let input_type = move || match kind {
        FieldKind::Password if revealed.get() => "text",
        kind => kind.input_type(),
    };
    let invalid = move || error.with(Option::is_some).then_some("true");
    let on_input = move |event| set.set(event_target_value(&event));
    let control = if kind == FieldKind::Multiline {
        view! {
            <textarea
                id=id.clone()
                class="input"
                rows="3"
                placeholder=placeholder
                maxlength=max_chars
                aria-invalid=invalid
                aria-describedby=described_by
                prop:value=value
                on:input=on_input
            ></textarea>
        }
        .into_any()
    } else {
        view! {
            <input
                id=id.clone()
                class="input"
                type=input_type
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                placeholder=placeholder
                maxlength=max_chars
                min=min
                autofocus=autofocus
                aria-required=(!optional).then_some("true")
                aria-invalid=invalid
                aria-describedby=described_by
                prop:value=value
                on:input=on_input
            />
        }
        .into_any()
    };
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
            </label>
            {optional.then(|| view! { <span class="field__optional">"Optional"</span> })}
            {if kind == FieldKind::Password {
                view! {
                    <div class="input-group">
                        {control}
                        <RevealButton revealed />
                    </div>
                }
                    .into_any()
            } else {
                control
            }}
            {has_help
                .then(|| {
                    view! {
                        <p class="field__help" id=help_id>
                            {help}
                        </p>
                    }
                })}
            <FieldError id=error_id error />
        </div>
    }
}

/// Toggles visibility of the password.
#[component]
fn RevealButton(revealed: RwSignal<bool>) -> impl IntoView {
    let icon = Signal::derive(move || {
        if revealed.get() {
            IconKind::EyeOff
        } else {
            IconKind::Eye
        }
    });
    let label = move || {
        if revealed.get() {
            "Hide characters"
        } else {
            "Show characters"
        }
    };
    view! {
        <button
            type="button"
            class="icon-button input-group__button"
            aria-label=label
            title=label
            on:click=move |_| revealed.update(|revealed| *revealed = !*revealed)
        >
            <Icon kind=icon />
        </button>
    }
}

/// Error message of a field or a group of fields.
#[component]
pub fn FieldError(
    /// Element ID for `aria-describedby`.
    id: String,
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <p class="field__error" id=id role="alert">
            {error}
        </p>
    }
}
