//! One operation: how it is called, what it takes and what it answers.

use crate::docs::openapi::{
    document::{slug, text},
    flat::follow,
};
use serde_json::Value;

/// Something that the API does.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Its name for programs: the `operationId`, or method and path.
    pub id: String,
    /// The name for an address: no two operations share it.
    pub slug: String,
    /// HTTP method, in capitals.
    pub method: String,
    /// Route template, with `{parameters}`.
    pub path: String,
    /// The name of the group that it belongs to.
    pub group: String,
    /// What it does, in a few words.
    pub summary: String,
    /// What it does, in Markdown.
    pub description: String,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Whether it needs a key.
    pub authentication: Authentication,
    /// Which scopes the key needs.
    pub scopes: Scopes,
    /// How often it may be called, if the document says so.
    pub rate_limit: Option<RateLimit>,
    /// What goes into path, query and headers.
    pub parameters: Vec<Parameter>,
    /// What goes into the body.
    pub body: Option<Body>,
    /// What it answers, by status.
    pub responses: Vec<Response>,
}

/// Whether an operation needs a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// Yes, as `Authorization: Bearer …`.
    Bearer,
    /// Yes, in some other way.
    Other,
    /// No.
    None,
}

/// The scopes that a key needs for an operation; both empty if any key will do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes {
    /// Scopes that are all needed.
    pub all_of: Vec<String>,
    /// Scopes of which one is needed.
    pub any_of: Vec<String>,
}

impl Scopes {
    /// Returns all scopes that are mentioned.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all_of.iter().chain(&self.any_of).map(String::as_str)
    }
}

/// How often an operation may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimit {
    /// As often as the plan allows all requests together.
    Plan,
    /// So many times a minute, within what the plan allows.
    PerMinute(u64),
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Into the path.
    Path,
    /// Behind the question mark.
    Query,
    /// Into a header.
    Header,
    /// Into a cookie.
    Cookie,
}

/// The anchor of the body's fields on an operation's page.
pub const BODY_ANCHOR: &str = "body";

impl Place {
    /// The anchor of these parameters on an operation's page.
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::Path => "path-parameters",
            Self::Query => "query-parameters",
            Self::Header => "header-parameters",
            Self::Cookie => "cookies",
        }
    }
}

/// A value in path, query or headers.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it goes.
    pub place: Place,
    /// Whether it must be given.
    pub required: bool,
    /// What it means, in Markdown.
    pub description: String,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// What it may be.
    pub schema: Schema,
    /// A value that could be meant.
    pub example: Option<Value>,
    /// Whether the values of a list are sent one by one.
    pub explode: bool,
}

/// What goes into the body of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// Whether it must be there.
    pub required: bool,
    /// What it means, in Markdown.
    pub description: String,
    /// The forms that it may have.
    pub media: Vec<Media>,
}

/// A form of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    /// Its `Content-Type`.
    pub content_type: String,
    /// What it may be.
    pub schema: Schema,
    /// What it looks like.
    pub examples: Vec<Example>,
}

/// What a body looks like.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Its name; empty for the only one.
    pub name: String,
    /// What it is an example of, in a few words.
    pub summary: String,
    /// The body.
    pub value: Value,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Its status: a number, `2XX` or `default`.
    pub status: String,
    /// When it comes, in Markdown.
    pub description: String,
    /// Headers that it brings: name and description.
    pub headers: Vec<(String, String)>,
    /// The forms that its body may have.
    pub media: Vec<Media>,
}

/// What a value may be: a JSON schema whose references are not looked up yet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema(pub(super) Value);

impl Operation {
    /// Its parameters in one place.
    pub fn parameters_in(&self, place: Place) -> impl Iterator<Item = &Parameter> {
        let parameters = self.parameters.iter();
        parameters.filter(move |parameter| parameter.place == place)
    }

    /// The form of the body that is JSON.
    pub fn json_body(&self) -> Option<&Media> {
        let media = &self.body.as_ref()?.media;
        media.iter().find(|media| media.is_json())
    }
}

impl Media {
    /// Whether it is JSON of some kind.
    pub fn is_json(&self) -> bool {
        let kind = self.content_type.split(';').next().unwrap_or_default();
        let kind = kind.trim().to_ascii_lowercase();
        kind == "application/json" || kind.ends_with("+json")
    }
}

impl Response {
    /// Whether the call has worked.
    pub fn is_success(&self) -> bool {
        self.status.starts_with('2')
    }
}

const METHODS: [&str; 8] = [
    "get", "post", "put", "patch", "delete", "head", "options", "trace",
];

/// The operations of a document, in its order.
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

/// The first tag, or else the first part of the path that is no version and no parameter.
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
    // An empty way in means that it also works without.
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

/// Its own parameters, then those of its path that it does not describe itself.
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
    // Some parameters have a body's form in place of a schema.
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
    // Numbers first, then their classes, then `default`.
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

/// The examples that stand at a body's form or at a parameter.
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
        // The same name once more, as an address sees it.
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
