//! The `#[endpoint]` attribute of the backend's handlers.

use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// Connects a handler with its operation in `shared::operation`, which has method, path and access
/// rule, and with its documentation:
///
/// ```ignore
/// /// Delete a contact
/// ///
/// /// Deletes a contact permanently.
/// #[endpoint(operation::DeleteContact, errors(PreconditionFailed), tag = "Contacts",
///     responses((status = 200, description = "The contact was deleted", body = Deleted)))]
/// pub async fn delete_contact(caller: ApiCaller<operation::DeleteContact>) { … }
/// ```
///
/// The first argument is the operation. The next ones are optional:
///
/// - `errors(…)`: error codes that only this operation responds with, each with the field and
///   message of an example if it concerns a field: `InvalidEmail("to", "…")`.
/// - `examples(…)`: examples, in the same form, of errors that all operations of its kind have.
/// - `bounds(…)`: a constant with the constraints on the fields of the request body.
/// - `etag`: successful responses have an `ETag`.
/// - `retry(…)`: what a repeated request does. Every documented operation that changes something
///   has it.
///
/// Everything else is passed on to `#[utoipa::path]`. Without it, the operation is in neither
/// OpenAPI document.
#[proc_macro_attribute]
pub fn endpoint(arguments: TokenStream, handler: TokenStream) -> TokenStream {
    let mut arguments = split(arguments).into_iter();
    let Some(operation) = arguments.next() else {
        return error("expected an operation, as in #[endpoint(operation::GetContact)]");
    };
    let Some(name) = function_name(&handler) else {
        return error("expected a function");
    };
    let mut errors = String::new();
    let mut examples = String::new();
    let mut bounds = "&[]".to_owned();
    let mut retry = "None".to_owned();
    let mut has_etag = false;
    let mut documentation = Vec::new();
    for argument in arguments {
        match (keyword(&argument).as_deref(), group(&argument)) {
            (Some("errors"), Some(list)) => errors = error_list(list),
            (Some("examples"), Some(list)) => examples = error_list(list),
            (Some("bounds"), Some(list)) => bounds = list.stream().to_string(),
            (Some("retry"), Some(list)) => retry = format!("Some({})", list.stream()),
            (Some("etag"), None) => has_etag = true,
            _ => documentation.push(argument.to_string()),
        }
    }
    let is_documented = !documentation.is_empty();
    let documentation = documentation.join(", ");
    // utoipa requires a method and a path; the document uses those of the operation.
    let path = format!("#[::utoipa::path(get, path = \"\", {documentation})]");
    let docs = format!(
        "fn docs() -> Option<crate::endpoint::EndpointDocs> {{
            use crate::endpoint::{{EndpointError, Retry}};
            use ::shared::error::ErrorCode;
            const ERRORS: &[EndpointError] = &[{errors}];
            const EXAMPLES: &[EndpointError] = &[{examples}];
            Some(crate::endpoint::EndpointDocs::new::<__path_{name}>(
                ERRORS, EXAMPLES, {bounds}, {has_etag}, {retry},
            ))
        }}"
    );
    let generated = format!(
        "impl crate::endpoint::Endpoint for {operation} {{
            fn route(route: ::actix_web::Route) -> ::actix_web::Route {{ route.to({name}) }}
            {}
        }}",
        if is_documented { docs } else { String::new() }
    );
    let parse = |code: &str| code.parse::<TokenStream>();
    let (Ok(path), Ok(generated)) = (parse(&path), parse(&generated)) else {
        return error("could not generate the endpoint");
    };
    let mut output = if is_documented {
        path
    } else {
        TokenStream::new()
    };
    output.extend(handler);
    output.extend(generated);
    output
}

/// Splits at the commas between arguments.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut arguments = vec![TokenStream::new()];
    for token in tokens {
        match (&token, arguments.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => {
                arguments.push(TokenStream::new());
            }
            (_, Some(last)) => last.extend([token]),
            (_, None) => {}
        }
    }
    arguments.retain(|argument| !argument.is_empty());
    arguments
}

fn keyword(argument: &TokenStream) -> Option<String> {
    argument.clone().into_iter().next().map(|it| it.to_string())
}

/// Returns the parentheses after the keyword.
fn group(argument: &TokenStream) -> Option<Group> {
    match argument.clone().into_iter().nth(1)? {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group),
        _ => None,
    }
}

/// Builds `EndpointError`s from `Code` or `Code("field", "message")`.
fn error_list(list: Group) -> String {
    let entries = split(list.stream()).into_iter().filter_map(|entry| {
        let code = keyword(&entry)?;
        Some(match group(&entry) {
            None => format!("EndpointError::new(ErrorCode::{code}), "),
            Some(example) => {
                let example = example.stream();
                format!("EndpointError::of_field(ErrorCode::{code}, {example}), ")
            }
        })
    });
    entries.collect()
}

fn function_name(handler: &TokenStream) -> Option<String> {
    let mut tokens = handler.clone().into_iter();
    tokens.find(|token| token.to_string() == "fn")?;
    tokens.next().map(|name| name.to_string())
}

fn error(message: &str) -> TokenStream {
    let code = format!("::core::compile_error!({message:?});");
    code.parse().unwrap_or_default()
}
