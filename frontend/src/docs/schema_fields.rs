//! The fields of a body or query, as a table with expandable rows.

use crate::docs::openapi::{Field, Required};
use crate::ui::{
    icon::{Icon, IconKind},
    sentence::Sentence,
};
use leptos::prelude::*;

/// Direction of the data that the fields describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldsOf {
    /// Shows the "Required" column.
    Request,
    Response,
}

/// One row per field. Rows with nested fields can be expanded.
#[component]
pub fn SchemaFields(
    fields: Vec<Field>,
    of: FieldsOf,
    /// Prefix of the row ids: a row's id is `{id}-{name}`, with dots for nested fields.
    #[prop(into)]
    id: String,
    /// Accessible name of the table.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    let rows = rows(fields, of, id, 0);
    view! {
        <table class="fields" aria-label=name>
            <thead>
                <tr>
                    <th scope="col">"Field"</th>
                    <th scope="col">"Type"</th>
                    {(of == FieldsOf::Request).then(|| view! { <th scope="col">"Required"</th> })}
                    <th scope="col">"Description"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn rows(fields: Vec<Field>, of: FieldsOf, above: String, depth: usize) -> Vec<AnyView> {
    let separator = if depth == 0 { "-" } else { "." };
    let rows = fields.into_iter().map(|field| {
        let id = format!("{above}{separator}{}", field.name);
        view! { <FieldRows field of id depth /> }.into_any()
    });
    rows.collect()
}

/// A field's row, followed by its nested rows while it is expanded.
#[component]
fn FieldRows(field: Field, of: FieldsOf, id: String, depth: usize) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let has_children = field.has_children();
    let Field {
        name,
        type_text,
        required,
        description,
        default,
        constraints,
        values,
        children,
        alternatives,
        nullable,
        deprecated,
        ..
    } = field;
    // On an optional request field, `null` means the same as leaving it out.
    let is_nullable = nullable && (of == FieldsOf::Response || required == Required::Yes);
    let type_text = if is_nullable {
        format!("{type_text} or null")
    } else {
        type_text
    };
    let default = default.filter(|_| !description.to_lowercase().contains("default"));
    // Obvious for counts that the server returns.
    let is_news = |text: &String| of == FieldsOf::Request || text != "at least 0";
    let constraints = constraints.into_iter().filter(is_news).collect();
    let label = if has_children {
        view! {
            <button
                type="button"
                class="fields__toggle"
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|open| *open = !*open)
            >
                <Icon kind=IconKind::ChevronRight />
                <code class="fields__name">{name}</code>
                <span class="visually-hidden">" and its fields"</span>
            </button>
        }
        .into_any()
    } else {
        view! { <code class="fields__name">{name}</code> }.into_any()
    };
    let inner_id = id.clone();
    let inner = move || {
        is_open.get().then(|| {
            let mut inner = rows(children.clone(), of, inner_id.clone(), depth + 1);
            for alternative in alternatives.clone() {
                inner.push(form_row(alternative.label, of, depth + 1));
                inner.extend(rows(alternative.fields, of, inner_id.clone(), depth + 1));
            }
            inner
        })
    };
    view! {
        <tr id=id class="fields__row" style:--depth=depth.to_string()>
            <th scope="row" class="fields__field">
                {label}
                {deprecated.then(|| view! { <span class="badge badge--outline">"Deprecated"</span> })}
            </th>
            <td class="fields__type" data-label="Type">
                {type_text}
            </td>
            {(of == FieldsOf::Request)
                .then(|| {
                    view! {
                        <td class="fields__required" data-label="Required">
                            <span class:is-required=required != Required::No>
                                {required.label()}
                            </span>
                        </td>
                    }
                })}
            <td class="fields__text" data-label="Description">
                <Sentence text=description />
                <Constraints constraints values default />
            </td>
        </tr>
        {inner}
    }
}

/// Renders the header row of one alternative.
fn form_row(label: String, of: FieldsOf, depth: usize) -> AnyView {
    let columns = if of == FieldsOf::Request { "4" } else { "3" };
    view! {
        <tr class="fields__form" style:--depth=depth.to_string()>
            <th scope="rowgroup" colspan=columns>
                "Either: "
                {label}
            </th>
        </tr>
    }
    .into_any()
}

/// Constraints besides the type, allowed values and default.
#[component]
fn Constraints(
    constraints: Vec<String>,
    values: Vec<String>,
    default: Option<String>,
) -> impl IntoView {
    let values = (!values.is_empty()).then(|| {
        let count = values.len();
        let values = values
            .into_iter()
            .enumerate()
            .map(|(index, value)| {
                let comma = if index + 1 < count { ", " } else { "" };
                view! {
                    <code class="code">{value}</code>
                    {comma}
                }
            })
            .collect_view();
        view! { <li>"One of " {values}</li> }
    });
    let default =
        default.map(|default| view! { <li>"Default: " <code class="code">{default}</code></li> });
    let constraints = constraints
        .into_iter()
        .map(|text| {
            if let Some((_, pattern)) = text.split_once("pattern: ") {
                let pattern = pattern.to_owned();
                view! { <li>"Pattern: " <code class="code">{pattern}</code></li> }.into_any()
            } else {
                let mut letters = text.chars();
                let first = letters.next().map(|c| c.to_uppercase().to_string());
                view! { <li>{first} {letters.as_str().to_owned()}</li> }.into_any()
            }
        })
        .collect_view();
    view! {
        <ul class="fields__constraints" role="list">
            {values}
            {default}
            {constraints}
        </ul>
    }
}
