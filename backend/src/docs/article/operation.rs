//! The article of an operation: what it does and its fields on the left, code and examples on the
//! right. Try It Out is added to the right by the dashboard.

use super::{
    code::{Tab, example_choice, examples, samples, snippet, tabs},
    fields::{Direction, fields},
    markdown_links, paragraphs,
};
use actix_web::http::StatusCode;
use maud::{Markup, html};
use shared::{
    docs::{DOCS, MANAGEMENT, guide_path, operation_path},
    highlight::Language,
    reference::{
        Authentication, BODY_ANCHOR, Body, Draft, Example, HttpRequest, Media, Operation,
        ParameterLocation, RateLimit, RequiredScopes, Response, build,
    },
};

/// Renders an operation.
pub fn operation(operation: &Operation) -> Markup {
    // Playground tokens work for the public API only.
    let is_tried_here = operation.listed.group != MANAGEMENT;
    let bodies = operation.body.as_ref();
    let bodies = bodies.map_or(&[][..], |body| &body.media.examples);
    html! {
        article.endpoint {
            div.endpoint__grid {
                div.endpoint__intro {
                    (head(operation, is_tried_here))
                    (facts(operation))
                    section.endpoint__description aria-label="Description" {
                        (paragraphs(&operation.description))
                    }
                }
                div.endpoint__code data-examples {
                    (code_examples(operation, bodies))
                    (request_examples(bodies))
                    (response_examples(&operation.responses))
                    // Last, because it grows when the program is loaded.
                    @if is_tried_here { div data-try-it-out {} }
                }
                div.endpoint__fields {
                    (request(operation))
                    (successes(operation))
                    (errors(operation))
                    (related())
                }
            }
        }
    }
}

fn head(operation: &Operation, is_tried_here: bool) -> Markup {
    let listed = &operation.listed;
    let method = format!("method method--{}", listed.method.to_lowercase());
    html! {
        header.endpoint__head {
            p.endpoint__group { (listed.group) }
            h1.page-head__title { (listed.summary) }
            p.endpoint__route {
                span class=(method) { (listed.method) }
                code {
                    // Can wrap after each segment.
                    @for segment in listed.path.split_inclusive('/') { (segment) wbr; }
                }
                @if is_tried_here { a.endpoint__try href="#try-it-out" { "Try It Out" } }
            }
            (markdown_links(&operation_path(&listed.group, &listed.id)))
            @if operation.deprecated {
                p.notice.notice--warning {
                    "This endpoint is deprecated: do not use it in new code."
                }
            }
        }
    }
}

fn facts(operation: &Operation) -> Markup {
    let needs_key = operation.authentication == Authentication::Bearer;
    html! {
        dl.endpoint__facts {
            div {
                dt { "Authentication" }
                dd { @if needs_key { "Required (Bearer Token)" } @else { "Not required" } }
            }
            @if needs_key {
                div {
                    dt { "Required scope" }
                    dd { (scopes(&operation.scopes)) }
                }
            }
            @if let Some(limit) = operation.rate_limit {
                div {
                    dt { "Rate Limit" }
                    dd {
                        @match limit {
                            RateLimit::Plan => "As your plan allows",
                            RateLimit::PerMinute(count) => { (count) " requests/minute" }
                        }
                    }
                }
            }
        }
    }
}

fn scopes(scopes: &RequiredScopes) -> Markup {
    let is_mixed = !scopes.all_of.is_empty() && scopes.any_of.len() > 1;
    let any_of = scopes.any_of.iter().enumerate().map(|(index, name)| {
        let joint = match index {
            0 if is_mixed => " and one of ",
            0 => " and ",
            _ => " or ",
        };
        (joint, name)
    });
    let names = scopes
        .all_of
        .iter()
        .map(|name| (" and ", name))
        .chain(any_of);
    html! {
        @if scopes.names().next().is_none() { "None: any valid key" }
        @for (index, (joint, name)) in names.enumerate() {
            @if index > 0 { (joint) }
            code.code { (name) }
        }
    }
}

fn section_heading(id: &str, text: &str) -> Markup {
    html! { h2.endpoint__heading id=(id) { a href={ "#" (id) } { (text) } } }
}

fn part_heading(id: &str, text: &str) -> Markup {
    html! { h3.endpoint__part id=(id) { a href={ "#" (id) } { (text) } } }
}

/// Renders headers, parameters and body of the request.
fn request(operation: &Operation) -> Markup {
    let places = [
        (ParameterLocation::Path, "Path parameters"),
        (ParameterLocation::Query, "Query parameters"),
        (ParameterLocation::Header, "Optional headers"),
    ];
    html! {
        section.endpoint__section aria-labelledby="request-parameters" {
            (section_heading("request-parameters", "Request Parameters"))
            (part_heading("headers", "Headers"))
            (snippet(Language::Http, &headers(operation), "Headers"))
            @for (location, title) in places {
                @if operation.parameters_in(location).next().is_some() {
                    (part_heading(location.anchor(), title))
                    (fields(
                        operation.parameters_in(location).map(|parameter| &parameter.field),
                        Direction::Request,
                        location.anchor(),
                        title,
                    ))
                }
            }
            @if let Some(body) = &operation.body {
                (part_heading(BODY_ANCHOR, "Body (JSON)"))
                @if !body.required { p { "The body may be left out." } }
                (fields(&body.media.schema.fields, Direction::Request, BODY_ANCHOR, "Body"))
            }
        }
    }
}

/// Returns the headers that every call of the operation sends, one per line.
fn headers(operation: &Operation) -> String {
    let mut lines = Vec::new();
    if operation.authentication == Authentication::Bearer {
        lines.push("Authorization: Bearer pm_live_...".to_owned());
    }
    if let Some(body) = &operation.body {
        lines.push(format!("Content-Type: {}", body.media.content_type));
    }
    lines.join("\n")
}

/// Renders the successful responses with their headers and fields.
fn successes(operation: &Operation) -> Markup {
    html! {
        section.endpoint__section aria-labelledby="response" {
            (section_heading("response", "Response"))
            @for response in operation.responses.iter().filter(|it| it.is_success()) {
                div.response.response--success {
                    (response_head(response))
                    @if let Some(body) = &response.body { (response_fields(response, body)) }
                }
            }
        }
    }
}

/// Renders the error responses. They all have the same fields, which a test holds.
fn errors(operation: &Operation) -> Markup {
    let errors = operation.responses.iter().filter(|it| !it.is_success());
    let first = errors
        .clone()
        .find_map(|error| Some((error, error.body.as_ref()?)));
    html! {
        section.endpoint__section aria-labelledby="error-responses" {
            (section_heading("error-responses", "Error Responses"))
            @for error in errors { div.response { (response_head(error)) } }
            @if let Some((error, body)) = first {
                details.response__details {
                    summary { "Fields of every error" }
                    (response_fields(error, body))
                }
            }
        }
    }
}

fn response_head(response: &Response) -> Markup {
    let title = status_text(response);
    html! {
        (part_heading(&format!("response-{}", response.status), &title))
        (paragraphs(&response.description))
        @if !response.headers.is_empty() {
            details.response__details {
                summary { "Headers" span.visually-hidden { " of " (title) } }
                dl.response__headers {
                    @for header in &response.headers {
                        div {
                            dt { code.code { (header.name) } }
                            dd { (paragraphs(&header.description)) }
                        }
                    }
                }
            }
        }
    }
}

fn response_fields(response: &Response, body: &Media) -> Markup {
    let id = format!("response-{}", response.status);
    let schema = body.schema.innermost();
    html! {
        @if !schema.fields.is_empty() {
            (fields(&schema.fields, Direction::Response, &id, &status_text(response)))
        }
    }
}

/// Formats the heading of a response: `200 OK`.
fn status_text(response: &Response) -> String {
    let code = StatusCode::from_u16(response.status).ok();
    let reason = code.and_then(|code| code.canonical_reason());
    format!("{} {}", response.status, reason.unwrap_or_default())
}

fn code_examples(operation: &Operation, bodies: &[Example]) -> Markup {
    html! {
        section aria-labelledby="code-examples" {
            (section_heading("code-examples", "Code Examples"))
            (example_choice(bodies))
            (samples(&requests(operation)))
            @if operation.listed.id == SDK_PREVIEW_OPERATION { (sdk_preview()) }
        }
    }
}

/// Operation whose page shows the preview of the SDK.
const SDK_PREVIEW_OPERATION: &str = "send_email";

const SDK_PREVIEW: &str = "const penguinmails = require('@penguinmails/sdk');

const client = new penguinmails.Client('pm_live_...');

await client.emails.send({
  to: 'user@example.com',
  subject: 'Hello',
  html_body: '<h1>Hello World</h1>'
});";

/// Renders the announced SDK, without a copy button because it cannot be installed yet.
fn sdk_preview() -> Markup {
    html! {
        details.sdk-preview {
            summary {
                "Node.js SDK (Coming Soon) "
                span.badge.badge--outline { "Coming Q1 2026" }
            }
            pre.sdk-preview__code tabindex="0" role="region" aria-label="Node.js SDK" {
                code { (SDK_PREVIEW) }
            }
            p { "Not published yet. The examples above run today." }
        }
    }
}

fn request_examples(bodies: &[Example]) -> Markup {
    html! {
        @if !bodies.is_empty() {
            section aria-labelledby="example-request" {
                (section_heading("example-request", "Example Request"))
                (examples(bodies, "Example Request"))
            }
        }
    }
}

/// Returns the example request of each example body.
fn requests(operation: &Operation) -> Vec<HttpRequest> {
    let mut drafts = vec![Draft::example(operation)];
    if let Some(Body { media, .. }) = &operation.body {
        for example in media.examples.iter().skip(1) {
            let mut draft = Draft::example(operation);
            draft.body = example.text();
            drafts.push(draft);
        }
    }
    let requests = drafts.iter();
    // A test holds that the examples are valid.
    requests
        .filter_map(|draft| build(&operation.server, operation, draft).ok())
        .collect()
}

fn response_examples(responses: &[Response]) -> Markup {
    let all: Vec<_> = responses
        .iter()
        .map(|response| {
            let title = status_text(response);
            let list = response.body.as_ref().map(|body| body.examples.as_slice());
            let list = list.unwrap_or_default();
            Tab {
                label: response.status.to_string(),
                panel: html! {
                    div data-examples {
                        div.samples__caption {
                            span { (title) }
                            (example_choice(list))
                        }
                        (examples(list, &title))
                        @if list.is_empty() { p.samples__hint { (title) ", without a body." } }
                    }
                },
            }
        })
        .collect();
    html! {
        section aria-labelledby="example-responses" {
            (section_heading("example-responses", "Example Responses"))
            (tabs("status", "Status", &all, &html! {}))
        }
    }
}

fn related() -> Markup {
    let links = [
        ("Full API Reference", DOCS.to_owned()),
        ("Authentication Guide", guide_path("authentication")),
        ("Rate Limiting", guide_path("rate-limiting")),
        ("Error Handling", guide_path("error-handling")),
    ];
    html! {
        section.related aria-labelledby="related-documentation" {
            h2.section__title id="related-documentation" { "Related Documentation" }
            ul.link-list role="list" {
                @for (label, path) in &links { li { a href=(path) { (label) } } }
            }
        }
    }
}
