//! An operation: route, parameters, body and responses.

use crate::docs::openapi::{
    document::{slug, text},
    flat::follow,
};
use serde_json::Value;

/// An operation of the API.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// The `operationId`, or method and path if there is none.
    pub id: String,
    /// Identifier in the URL, unique within the document.
    pub slug: String,
    /// HTTP method, in upper case.
    pub method: String,
    /// Route template, with `{parameters}`.
    pub path: String,
    /// Name of its group.
    pub group: String,
    /// A few words, used as the title.
    pub summary: String,
    /// In Markdown; may be empty.
    pub description: String,
    pub deprecated: bool,
    pub authentication: Authentication,
    /// Scopes that the key needs.
    pub scopes: Scopes,
    /// `None` if the document doesn't say.
    pub rate_limit: Option<RateLimit>,
    /// Parameters in path, query, headers and cookies.
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    /// Responses, sorted by status.
    pub responses: Vec<Response>,
}

/// Authentication required by an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// `Authorization: Bearer …` with a key.
    Bearer,
    /// Any other security scheme.
    Other,
    None,
}

/// Scopes that a key needs for an operation. Both lists are empty if any key is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes {
    /// All of these are required.
    pub all_of: Vec<String>,
    /// One of these is required.
    pub any_of: Vec<String>,
}

impl Scopes {
    /// Returns all scopes that are mentioned.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all_of.iter().chain(&self.any_of).map(String::as_str)
    }

    /// Returns the fewest scopes that are enough.
    pub fn fewest(&self) -> impl Iterator<Item = &str> {
        let one_of = self.any_of.first();
        self.all_of.iter().chain(one_of).map(String::as_str)
    }
}

/// Maximum rate of calls to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimit {
    /// Only the limit of the plan, which all requests share.
    Plan,
    /// Calls per minute, within the limit of the plan.
    PerMinute(u64),
}

/// Location of a parameter, sorted as on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

/// Anchor of the body's fields on the operation's page.
pub const BODY_ANCHOR: &str = "body";

impl Place {
    /// Returns the anchor of these parameters on the operation's page.
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::Path => "path-parameters",
            Self::Query => "query-parameters",
            Self::Header => "header-parameters",
            Self::Cookie => "cookies",
        }
    }
}

/// A parameter in path, query, headers or cookies.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    pub name: String,
    pub place: Place,
    pub required: bool,
    /// In Markdown; may be empty.
    pub description: String,
    pub deprecated: bool,
    pub schema: Schema,
    pub example: Option<Value>,
    /// True if array elements are sent as separate parameters.
    pub explode: bool,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    pub required: bool,
    /// In Markdown; may be empty.
    pub description: String,
    /// One entry per content type.
    pub media: Vec<Media>,
}

/// A body of one content type.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    pub content_type: String,
    pub schema: Schema,
    pub examples: Vec<Example>,
}

/// An example of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Empty if the example has no name.
    pub name: String,
    /// Title of the example; may be empty.
    pub summary: String,
    pub value: Value,
}

/// A response to an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// A number, `2XX` or `default`.
    pub status: String,
    /// Explains when the response is sent, in Markdown.
    pub description: String,
    /// Name and description of each header.
    pub headers: Vec<(String, String)>,
    /// One entry per content type.
    pub media: Vec<Media>,
}

/// A JSON schema whose references are not resolved yet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema(pub(super) Value);

impl Operation {
    /// Returns the parameters at a location.
    pub fn parameters_in(&self, place: Place) -> impl Iterator<Item = &Parameter> {
        let parameters = self.parameters.iter();
        parameters.filter(move |parameter| parameter.place == place)
    }

    /// Returns the JSON variant of the body.
    pub fn json_body(&self) -> Option<&Media> {
        let media = &self.body.as_ref()?.media;
        media.iter().find(|media| media.is_json())
    }
}

impl Media {
    /// Returns true for `application/json` and every `+json` type.
    pub fn is_json(&self) -> bool {
        let kind = self.content_type.split(';').next().unwrap_or_default();
        let kind = kind.trim().to_ascii_lowercase();
        kind == "application/json" || kind.ends_with("+json")
    }
}

impl Response {
    /// Returns true for 2xx statuses.
    pub fn is_success(&self) -> bool {
        self.status.starts_with('2')
    }
}

const METHODS: [&str; 8] = [
    "get", "post", "put", "patch", "delete", "head", "options", "trace",
];

/// Returns the operations of a document, in its order.
pub(super) fn operations(root: &Value) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        let item = follow(root, item);
        for (method, entry) in item.as_object().into_iter().flatten() {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            let mut operation = operation(root, path, item, method, entry);
            let wanted = operation.slug.clone();
            let mut count = 1;
            while operations.iter().any(|other| other.slug == operation.slug) {
                count += 1;
                operation.slug = format!("{wanted}-{count}");
            }
            operations.push(operation);
        }
    }
    operations
}

fn operation(root: &Value, path: &str, item: &Value, method: &str, entry: &Value) -> Operation {
    let id = match text(entry, "operationId") {
        "" => format!("{method} {path}"),
        id => id.to_owned(),
    };
    let summary = match (text(entry, "summary"), text(item, "summary")) {
        ("", "") => format!("{} {path}", method.to_uppercase()),
        ("", summary) | (summary, _) => summary.to_owned(),
    };
    let body = &entry["requestBody"];
    Operation {
        slug: slug(&id),
        id,
        method: method.to_uppercase(),
        path: path.to_owned(),
        group: group(path, entry),
        summary,
        description: text(entry, "description").trim().to_owned(),
        deprecated: entry["deprecated"] == true,
        authentication: authentication(root, entry),
        scopes: scopes(entry),
        rate_limit: rate_limit(entry),
        parameters: parameters(root, item, entry),
        body: (!body.is_null()).then(|| {
            let body = follow(root, body);
            Body {
                required: body["required"] == true,
                description: text(body, "description").to_owned(),
                media: media(root, body),
            }
        }),
        responses: responses(root, entry),
    }
}

/// Returns the first tag, or else the first path segment that is neither a version nor a parameter.
fn group(path: &str, entry: &Value) -> String {
    if let Some(tag) = entry["tags"][0].as_str() {
        return tag.to_owned();
    }
    let is_version = |part: &str| {
        let number = part.strip_prefix('v').unwrap_or_default();
        !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
    };
    let mut parts = path.split('/');
    let part = parts.find(|part| !part.is_empty() && !part.starts_with('{') && !is_version(part));
    let part = part.unwrap_or("API").replace(['-', '_'], " ");
    let mut letters = part.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn authentication(root: &Value, entry: &Value) -> Authentication {
    let own = entry["security"].as_array();
    let Some(ways) = own.or_else(|| root["security"].as_array()) else {
        return Authentication::None;
    };
    let names: Vec<_> = ways
        .iter()
        .filter_map(|way| way.as_object()?.keys().next())
        .collect();
    // An empty security requirement makes authentication optional.
    if names.len() < ways.len() || names.is_empty() {
        return Authentication::None;
    }
    let is_bearer = |name: &&String| {
        let scheme = follow(root, &root["components"]["securitySchemes"][name.as_str()]);
        text(scheme, "scheme").eq_ignore_ascii_case("bearer")
    };
    if names.iter().any(is_bearer) {
        Authentication::Bearer
    } else {
        Authentication::Other
    }
}

fn scopes(entry: &Value) -> Scopes {
    let list = |name: &str| -> Vec<String> {
        let names = entry[name].as_array().into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    if entry["x-required-scope-match"] == "all" {
        Scopes {
            all_of: list("x-required-scope"),
            any_of: list("x-required-scope-one-of"),
        }
    } else {
        Scopes {
            all_of: Vec::new(),
            any_of: list("x-required-scope"),
        }
    }
}

fn rate_limit(entry: &Value) -> Option<RateLimit> {
    let limit = &entry["x-rate-limit"];
    match limit["per_minute"].as_u64() {
        Some(per_minute) => Some(RateLimit::PerMinute(per_minute)),
        None => (limit == "plan").then_some(RateLimit::Plan),
    }
}

/// Returns the parameters of the operation, then those of its path that it doesn't override.
fn parameters(root: &Value, item: &Value, entry: &Value) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for of in [entry, item] {
        for value in of["parameters"].as_array().into_iter().flatten() {
            let Some(parameter) = parameter(root, follow(root, value)) else {
                continue;
            };
            let is_known = parameters
                .iter()
                .any(|other| (&other.name, other.place) == (&parameter.name, parameter.place));
            if !is_known {
                parameters.push(parameter);
            }
        }
    }
    parameters.sort_by_key(|parameter| parameter.place);
    parameters
}

fn parameter(root: &Value, value: &Value) -> Option<Parameter> {
    let place = match text(value, "in") {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        "cookie" => Place::Cookie,
        _ => return None,
    };
    // A parameter can have `content` instead of `schema`.
    let content = value["content"].as_object().into_iter().flatten();
    let content = content.map(|(_, content)| content).next();
    let described = content.unwrap_or(value);
    let schema = described.get("schema").cloned().unwrap_or_default();
    let is_form = matches!(place, Place::Query | Place::Cookie);
    Some(Parameter {
        name: text(value, "name").to_owned(),
        place,
        required: place == Place::Path || value["required"] == true,
        description: text(value, "description").to_owned(),
        deprecated: value["deprecated"] == true,
        schema: Schema(schema),
        example: examples(root, described)
            .or_else(|| examples(root, value))
            .and_then(|examples| Some(examples.into_iter().next()?.value)),
        explode: value["explode"].as_bool().unwrap_or(is_form),
    })
}

fn responses(root: &Value, entry: &Value) -> Vec<Response> {
    let responses = entry["responses"].as_object().into_iter().flatten();
    let responses = responses.map(|(status, response)| {
        let response = follow(root, response);
        let headers = response["headers"].as_object().into_iter().flatten();
        let headers = headers.map(|(name, header)| {
            let description = text(follow(root, header), "description");
            (name.clone(), description.to_owned())
        });
        Response {
            status: status.clone(),
            description: text(response, "description").to_owned(),
            headers: headers.collect(),
            media: media(root, response),
        }
    });
    let mut responses: Vec<_> = responses.collect();
    // Sort numbers first, then classes such as `4XX`, then `default`.
    responses.sort_by_key(|response| {
        let status = response.status.to_uppercase().replace('X', ":");
        (!status.starts_with(|c: char| c.is_ascii_digit()), status)
    });
    responses
}

fn media(root: &Value, of: &Value) -> Vec<Media> {
    let content = of["content"].as_object().into_iter().flatten();
    let media = content.map(|(content_type, media)| Media {
        content_type: content_type.clone(),
        schema: Schema(media.get("schema").cloned().unwrap_or_default()),
        examples: examples(root, media).unwrap_or_default(),
    });
    media.collect()
}

/// Returns the examples of a body or parameter.
fn examples(root: &Value, of: &Value) -> Option<Vec<Example>> {
    if let Some(value) = of.get("example") {
        return Some(vec![Example {
            name: String::new(),
            summary: String::new(),
            value: value.clone(),
        }]);
    }
    let named = of.get("examples")?.as_object()?;
    let examples = named.iter().filter_map(|(name, example)| {
        let example = follow(root, example);
        Some(Example {
            name: name.clone(),
            summary: text(example, "summary").to_owned(),
            value: example.get("value")?.clone(),
        })
    });
    Some(examples.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::openapi::{
        Document,
        test_documents::{ours, petstore, warehouse},
    };

    fn operation<'a>(document: &'a Document, slug: &str) -> &'a Operation {
        document.operation(slug).unwrap()
    }

    #[test]
    fn ours_say_what_they_need() {
        let document = ours();
        assert_eq!(document.operations.len(), 23);
        let send = operation(&document, "send-email");
        assert_eq!(
            (send.method.as_str(), send.path.as_str()),
            ("POST", "/v1/emails/send")
        );
        assert_eq!(send.authentication, Authentication::Bearer);
        assert_eq!(send.rate_limit, Some(RateLimit::PerMinute(60)));
        assert_eq!(
            (send.scopes.any_of.as_slice(), send.scopes.all_of.is_empty()),
            (&["emails:send".to_owned()][..], true)
        );
        let description = "Send a single transactional or marketing email. Supports templates, \
            variables, and tracking.";
        assert!(send.description.replace('\n', " ").starts_with(description));
        let start = operation(&document, "start-campaign");
        assert!(start.scopes.any_of.is_empty() && start.scopes.all_of.len() == 2);
        assert_eq!(start.rate_limit, Some(RateLimit::Plan));
        assert_eq!(operation(&document, "whoami").scopes, Scopes::default());
    }

    #[test]
    fn ours_have_an_example_of_every_answer() {
        for operation in &ours().operations {
            assert!(operation.success().is_some());
            let statuses: Vec<_> = operation
                .responses
                .iter()
                .map(|it| it.status.as_str())
                .collect();
            assert!(statuses.is_sorted());
            for status in ["400", "401", "403", "429"] {
                assert!(statuses.contains(&status), "{} {status}", operation.id);
            }
            for media in operation.responses.iter().flat_map(|it| &it.media) {
                assert!(
                    media.is_json() && !media.examples.is_empty(),
                    "{}",
                    operation.id
                );
                assert!(media.examples.iter().all(|it| it.value.is_object()));
            }
        }
    }

    #[test]
    fn errors_have_the_texts_of_the_specification() {
        let document = ours();
        let send = operation(&document, "send-email");
        let error = |status: &str| {
            let response = send
                .responses
                .iter()
                .find(|it| it.status == status)
                .unwrap();
            let value = &response.media[0].examples[0].value;
            (value["error"].clone(), value["message"].clone())
        };
        assert_eq!(
            error("401"),
            (
                "invalid_token".into(),
                "API key is invalid or expired".into()
            )
        );
        assert_eq!(
            error("429"),
            (
                "rate_limit_exceeded".into(),
                "Rate limit exceeded. Try again in 42 seconds.".into()
            )
        );
        assert_eq!(
            error("403").1,
            "Insufficient permissions. Update key permissions in settings."
        );
        assert_eq!(
            error("400"),
            ("invalid_email".into(), "Recipient email is invalid".into())
        );
    }

    #[test]
    fn the_first_example_is_the_one_of_the_specification() {
        let document = ours();
        let media = operation(&document, "send-email").json_body().unwrap();
        let text = r#"{"to":"user@example.com","template_id":"welcome-v1","variables":{"name":"Alice","company":"Acme Corp"},"tags":["onboarding","welcome"]}"#;
        assert_eq!(media.examples[0].value.to_string(), text);
        assert_eq!(media.examples[1].summary, "With subject and body");
    }

    #[test]
    fn references_lead_to_paths_parameters_bodies_and_answers() {
        let document = petstore();
        let list = operation(&document, "list-pets");
        assert_eq!(list.authentication, Authentication::None);
        let names: Vec<_> = list.parameters.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["limit", "tag", "ids", "filter", "X-Trace"]);
        assert_eq!(list.parameters[3].example.as_ref().unwrap()["age"], 3);
        let statuses: Vec<_> = list.responses.iter().map(|it| it.status.as_str()).collect();
        assert_eq!(statuses, ["200", "5XX", "default"]);
        let next = ("X-Next".to_owned(), "Where the next page is".to_owned());
        assert_eq!(list.responses[0].headers, [next]);
        // A duplicate name gets a distinct slug.
        let add = operation(&document, "list-pets-2");
        assert!(add.deprecated && add.body.as_ref().unwrap().required);
        assert_eq!(add.authentication, Authentication::Other);
        let examples: Vec<_> = add
            .json_body()
            .unwrap()
            .examples
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        assert_eq!(examples, ["cat", "dog"]);
        assert_eq!(
            add.body.as_ref().unwrap().media[1].examples[0].value,
            "cat Tom"
        );
        let delete = operation(&document, "delete-pet");
        assert_eq!(delete.path, "/pets/{petId}");
        let version = &delete.parameters[1];
        assert_eq!(version.description, "Its own one");
        assert!(delete.success().unwrap().media.is_empty());
    }

    #[test]
    fn what_has_no_name_is_named_after_its_path() {
        let document = warehouse();
        let get = operation(&document, "get-v2-shelves-shelf-boxes");
        assert_eq!(get.id, "get /v2/shelves/{shelf}/boxes");
        assert_eq!(get.summary, "Boxes of a shelf");
        assert!(get.responses[0].media[0].is_json());
        assert_eq!(get.parameters_in(Place::Path).count(), 1);
        assert_eq!(
            operation(&document, "get-v2-stock").summary,
            "GET /v2/stock"
        );
    }
}
