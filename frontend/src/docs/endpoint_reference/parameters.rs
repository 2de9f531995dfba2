//! Headers, parameters and body fields of a request.

use crate::docs::endpoint_reference::{
    heading::{PartHeading, SectionHeading},
    prose::Prose,
};
use crate::{
    docs::{
        highlight::Language,
        openapi::{
            Authentication, BODY_ANCHOR, Document, Field, Media, Operation, Place, Required,
        },
        schema_fields::{FieldsOf, SchemaFields},
    },
    ui::code_snippet::CodeSnippet,
};
use leptos::prelude::*;
use std::sync::Arc;

/// Headers, parameters and body of an operation.
#[component]
pub fn RequestParameters(
    /// Resolves the schema references of the operation.
    document: Arc<Document>,
    operation: Arc<Operation>,
) -> impl IntoView {
    let headers = headers(&operation);
    let places = [
        (Place::Path, "Path parameters"),
        (Place::Query, "Query parameters"),
        (Place::Header, "Optional headers"),
        (Place::Cookie, "Cookies"),
    ];
    let parameters = places
        .into_iter()
        .filter_map(|(place, title)| {
            let id = place.anchor();
            let fields = fields(&document, &operation, place);
            (!fields.is_empty()).then(|| {
                view! {
                    <PartHeading id text=title />
                    <SchemaFields fields of=FieldsOf::Request id name=title />
                }
            })
        })
        .collect_view();
    let body = operation.body.as_ref().map(|body| {
        let media = operation.json_body().or_else(|| body.media.first());
        let media = media.map(|media| body_of(&document, media));
        let optional = (!body.required).then(|| view! { <p>"The body may be left out."</p> });
        view! {
            {media}
            <Prose text=body.description.clone() />
            {optional}
        }
    });
    view! {
        <section class="endpoint__section" aria-labelledby="request-parameters">
            <SectionHeading id="request-parameters" text="Request Parameters" />
            {(!headers.is_empty())
                .then(|| {
                    view! {
                        <PartHeading id="headers" text="Headers" />
                        <CodeSnippet language=Language::Http code=headers.clone() name="Headers" />
                    }
                })}
            {parameters}
            {body}
        </section>
    }
}

/// Returns the headers that every call of the operation sends, one per line.
fn headers(operation: &Operation) -> String {
    let mut lines = Vec::new();
    if operation.authentication == Authentication::Bearer {
        lines.push("Authorization: Bearer pm_live_...".to_owned());
    }
    if let Some(media) = operation.json_body() {
        lines.push(format!("Content-Type: {}", media.content_type));
    }
    lines.join("\n")
}

fn fields(document: &Document, operation: &Operation, place: Place) -> Vec<Field> {
    let parameters = operation.parameters_in(place).map(|parameter| {
        let mut field = document.field(&parameter.name, &parameter.schema);
        if !parameter.description.is_empty() {
            field.description.clone_from(&parameter.description);
        }
        field.deprecated |= parameter.deprecated;
        if parameter.required {
            field.required = Required::Yes;
        }
        field
    });
    parameters.collect()
}

fn body_of(document: &Document, media: &Media) -> impl IntoView + use<> {
    let title = if media.is_json() {
        "Body (JSON)".to_owned()
    } else {
        format!("Body ({})", media.content_type)
    };
    let fields = document.fields(&media.schema);
    view! {
        <PartHeading id=BODY_ANCHOR text=title />
        {(!fields.is_empty())
            .then(|| {
                view! { <SchemaFields fields of=FieldsOf::Request id=BODY_ANCHOR name="Body" /> }
            })}
    }
}
