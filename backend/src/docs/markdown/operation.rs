//! Operations, and the groups that list them, as Markdown pages.

use super::{
    Page,
    fields::{Direction, list, one_line, sentence},
};
use actix_web::http::StatusCode;
use shared::{
    code_samples::{Key, Language, sample},
    docs::{group_path, operation_path},
    error::CATALOGUE_PATH,
    reference::{
        Authentication, DocsIndex, Draft, Media, Operation, OperationSummary, ParameterLocation,
        RateLimit, RequiredScopes, Response, build,
    },
};
use std::fmt::Write;

/// Renders an operation.
pub fn page(operation: &Operation) -> Page {
    let listed = &operation.listed;
    Page {
        path: operation_path(&listed.group, &listed.id),
        section: Some(listed.group.clone()),
        title: listed.summary.clone(),
        description: format!(
            "`{} {}`. {}",
            listed.method,
            listed.path,
            first_sentence(&operation.description)
        ),
        body: [
            head(operation),
            operation.description.clone(),
            request(operation),
            responses(operation),
            errors(operation),
        ]
        .join("\n\n"),
    }
}

/// Renders the groups, each with a list of its operations.
pub fn groups(index: &DocsIndex) -> Vec<Page> {
    let documents = index.documents.iter();
    let groups = documents.flat_map(|document| {
        let groups = document.groups.iter();
        groups.map(|(name, description)| {
            let operations = document.operations.iter();
            let own = operations.filter(|operation| operation.group == *name);
            let entry = |operation: &OperationSummary| {
                let OperationSummary {
                    id,
                    method,
                    path,
                    summary,
                    ..
                } = operation;
                let page = operation_path(name, id);
                format!("- [{summary}]({page}): `{method} {path}`")
            };
            let entries: Vec<_> = own.map(entry).collect();
            Page {
                path: group_path(name),
                section: None,
                title: name.clone(),
                description: description.clone(),
                body: format!("> {description}\n\n{}", entries.join("\n")),
            }
        })
    });
    groups.collect()
}

fn first_sentence(text: &str) -> String {
    let paragraph = one_line(text.split("\n\n").next().unwrap_or_default());
    match paragraph.split_once(". ") {
        Some((sentence, _)) => format!("{sentence}."),
        None => paragraph,
    }
}

fn head(operation: &Operation) -> String {
    let listed = &operation.listed;
    let mut text = format!(
        "`{} {}{}`\n\n",
        listed.method, operation.server, listed.path
    );
    // Writing to a String cannot fail.
    let _ = match operation.authentication {
        Authentication::None => writeln!(text, "- Authentication: none"),
        Authentication::Bearer => writeln!(
            text,
            "- Authentication: `Authorization: Bearer <API key>`\n- Required scope: {}",
            scopes(&operation.scopes)
        ),
    };
    let _ = match operation.rate_limit {
        None => Ok(()),
        Some(RateLimit::Plan) => writeln!(text, "- Rate limit: the plan's"),
        Some(RateLimit::PerMinute(count)) => {
            writeln!(
                text,
                "- Rate limit: {count} requests per minute, besides the plan's"
            )
        }
    };
    if operation.deprecated {
        text.push_str("- Deprecated: do not use it in new code.\n");
    }
    text.trim_end().to_owned()
}

fn scopes(scopes: &RequiredScopes) -> String {
    let joined = |names: &[String], joint: &str| {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(joint)
    };
    let all_of = joined(&scopes.all_of, " and ");
    let any_of = joined(&scopes.any_of, " or ");
    match (all_of.is_empty(), scopes.any_of.len()) {
        (true, 0) => "none, any valid key".to_owned(),
        (false, 0) => all_of,
        (true, _) => any_of,
        (false, 1) => format!("{all_of} and {any_of}"),
        (false, _) => format!("{all_of} and one of {any_of}"),
    }
}

fn request(operation: &Operation) -> String {
    let mut text = String::from("## Request\n");
    let locations = [
        (ParameterLocation::Path, "Path parameters"),
        (ParameterLocation::Query, "Query parameters"),
        (ParameterLocation::Header, "Headers"),
    ];
    for (location, title) in locations {
        let parameters = operation.parameters_in(location);
        let items = list(parameters.map(|it| &it.field), Direction::Request);
        if !items.is_empty() {
            let _ = write!(text, "\n### {title}\n\n{items}");
        }
    }
    if let Some(body) = &operation.body {
        let presence = if body.required {
            "required"
        } else {
            "optional"
        };
        let items = list(&body.media.schema.fields, Direction::Request);
        let _ = write!(
            text,
            "\n### Body\n\n`{}`, {presence}.\n\n{items}",
            body.media.content_type
        );
    }
    let draft = Draft::example(operation);
    // A test holds that the examples are valid.
    if let Ok(request) = build(&operation.server, operation, &draft) {
        let curl = sample(Language::Curl, &request, Key::Variable);
        let _ = write!(text, "\n### Example\n\n{}", code("bash", &curl));
    }
    text.trim_end().to_owned()
}

fn responses(operation: &Operation) -> String {
    let mut text = String::from("## Response\n");
    for response in operation.responses.iter().filter(|it| it.is_success()) {
        text.push_str(&response_head(response));
        let headers = response.headers.iter();
        let names: Vec<_> = headers.map(|it| format!("`{}`", it.name)).collect();
        if !names.is_empty() {
            let _ = write!(text, "\nHeaders: {}.\n", names.join(", "));
        }
        if let Some(Media {
            content_type,
            schema,
            examples,
        }) = &response.body
        {
            let _ = write!(
                text,
                "\nBody: `{content_type}`\n\n{}",
                list(&schema.fields, Direction::Response)
            );
            for example in examples {
                let language = if content_type.ends_with("json") {
                    "json"
                } else {
                    "text"
                };
                let _ = write!(text, "\n{}", code(language, &example.text()));
            }
        }
    }
    text.trim_end().to_owned()
}

fn response_head(response: &Response) -> String {
    let code = StatusCode::from_u16(response.status).unwrap_or_default();
    format!("\n### {code}\n\n{}\n", sentence(&response.description))
}

/// Lists the error codes by status. The catalogue explains them.
fn errors(operation: &Operation) -> String {
    let mut text = String::from("## Errors\n");
    for response in operation.responses.iter().filter(|it| !it.is_success()) {
        let _ = writeln!(text, "{}", response_head(response));
        let examples = response.body.iter().flat_map(|body| &body.examples);
        for example in examples {
            let message = example.value["message"].as_str().unwrap_or_default();
            let code = &example.name;
            let _ = writeln!(text, "- [`{code}`]({CATALOGUE_PATH}#{code}): {message}");
        }
    }
    text.trim_end().to_owned()
}

/// Renders a fenced block of code. The fence is longer than any in the code.
fn code(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}
