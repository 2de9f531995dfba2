//! Resolves an OpenAPI document into the types of the documentation. It reads our own documents
//! only: a test fails if one uses a keyword that the reference would not show.

use serde_json::{Map, Value};
use shared::reference::{
    Authentication, Body, Bound, Condition, Example, Field, Header, Media, Operation,
    OperationSummary, Parameter, ParameterLocation, RateLimit, Required, RequiredScopes, Response,
    Schema, SchemaType,
};

/// A resolved OpenAPI document.
pub struct Reference {
    /// Version of the API.
    pub version: String,
    /// Name and description of each tag.
    pub groups: Vec<(String, String)>,
    /// Operations, sorted by group.
    pub operations: Vec<Operation>,
}

impl Reference {
    /// Resolves a document.
    pub fn read(root: &Value) -> Self {
        let tags = root["tags"].as_array().into_iter().flatten();
        let groups: Vec<_> = tags
            .map(|tag| (text(tag, "name"), text(tag, "description")))
            .collect();
        let paths = root["paths"].as_object().into_iter().flatten();
        let mut operations: Vec<_> = paths
            .flat_map(|(path, item)| {
                let entries = item.as_object().into_iter().flatten();
                entries.map(move |(method, entry)| operation(root, path, method, entry))
            })
            .collect();
        operations.sort_by_key(|operation| {
            let group = &operation.listed.group;
            groups.iter().position(|(name, _)| name == group)
        });
        Self {
            version: text(&root["info"], "version"),
            groups,
            operations,
        }
    }
}

fn operation(root: &Value, path: &str, method: &str, entry: &Value) -> Operation {
    let is_public = entry["security"].as_array().is_none_or(Vec::is_empty);
    let body = entry.get("requestBody").and_then(|body| {
        Some(Body {
            required: body["required"] == true,
            media: media(root, body)?,
        })
    });
    Operation {
        listed: OperationSummary {
            id: text(entry, "operationId"),
            method: method.to_uppercase(),
            path: path.to_owned(),
            group: entry["tags"][0].as_str().unwrap_or_default().to_owned(),
            summary: text(entry, "summary"),
        },
        server: text(&root["servers"][0], "url"),
        description: text(entry, "description"),
        deprecated: entry["deprecated"] == true,
        authentication: if is_public {
            Authentication::None
        } else {
            Authentication::Bearer
        },
        scopes: scopes(entry),
        rate_limit: rate_limit(&entry["x-rate-limit"]),
        parameters: parameters(root, entry),
        body,
        responses: responses(root, entry),
    }
}

fn scopes(entry: &Value) -> RequiredScopes {
    let list = |name: &str| -> Vec<String> {
        let names = entry[name].as_array().into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    if entry["x-required-scope-match"] == "all" {
        RequiredScopes {
            all_of: list("x-required-scope"),
            any_of: list("x-required-scope-one-of"),
        }
    } else {
        RequiredScopes {
            all_of: Vec::new(),
            any_of: list("x-required-scope"),
        }
    }
}

fn rate_limit(limit: &Value) -> Option<RateLimit> {
    match limit["per_minute"].as_u64() {
        Some(per_minute) => Some(RateLimit::PerMinute(per_minute)),
        None => (limit == "plan").then_some(RateLimit::Plan),
    }
}

fn parameters(root: &Value, entry: &Value) -> Vec<Parameter> {
    let listed = entry["parameters"].as_array().into_iter().flatten();
    let mut parameters: Vec<_> = listed
        .filter_map(|parameter| {
            let location = match parameter["in"].as_str()? {
                "path" => ParameterLocation::Path,
                "query" => ParameterLocation::Query,
                "header" => ParameterLocation::Header,
                _ => return None,
            };
            let mut schema = schema(root, &parameter["schema"]);
            schema.description = text(parameter, "description");
            let example = match &parameter["example"] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let is_required = parameter["required"] == true;
            Some(Parameter {
                location,
                field: Field {
                    name: text(parameter, "name"),
                    required: if is_required {
                        Required::Yes
                    } else {
                        Required::No
                    },
                    deprecated: parameter["deprecated"] == true,
                    schema,
                },
                example,
            })
        })
        .collect();
    parameters.sort_by_key(|parameter| parameter.location);
    parameters
}

fn responses(root: &Value, entry: &Value) -> Vec<Response> {
    let responses = entry["responses"].as_object().into_iter().flatten();
    let responses = responses.filter_map(|(status, response)| {
        let response = follow(root, response);
        let headers = response["headers"].as_object().into_iter().flatten();
        let headers = headers.map(|(name, header)| Header {
            name: name.clone(),
            description: text(follow(root, header), "description"),
        });
        Some(Response {
            status: status.parse().ok()?,
            description: text(response, "description"),
            headers: headers.collect(),
            body: media(root, response),
        })
    });
    let mut responses: Vec<_> = responses.collect();
    responses.sort_by_key(|response| response.status);
    responses
}

/// Resolves the first media type of a body.
fn media(root: &Value, of: &Value) -> Option<Media> {
    let (content_type, media) = of["content"].as_object()?.iter().next()?;
    let examples = match media.get("example") {
        Some(value) => vec![Example {
            name: String::new(),
            summary: String::new(),
            value: value.clone(),
        }],
        None => named_examples(root, &media["examples"]),
    };
    Some(Media {
        content_type: content_type.clone(),
        schema: schema(root, &media["schema"]),
        examples,
    })
}

fn named_examples(root: &Value, examples: &Value) -> Vec<Example> {
    let examples = examples.as_object().into_iter().flatten();
    let examples = examples.map(|(name, example)| {
        let example = follow(root, example);
        Example {
            name: name.clone(),
            summary: text(example, "summary"),
            value: example["value"].clone(),
        }
    });
    examples.collect()
}

/// Resolves a schema with everything below it.
fn schema(root: &Value, value: &Value) -> Schema {
    let mut schema = Schema::default();
    merge(root, value, &mut schema);
    schema
}

/// Adds the keywords of `value` to `schema`. What is nearer to the use of a schema wins: a
/// description beside a `$ref` replaces that of the referenced schema.
fn merge(root: &Value, value: &Value, schema: &mut Schema) {
    let Some(keywords) = value.as_object() else {
        return;
    };
    if schema.description.is_empty() {
        schema.description = text(value, "description");
    }
    add_type(&value["type"], schema);
    add_constraints(keywords, schema);
    if let Some(items) = keywords.get("items") {
        schema.items = Some(Box::new(self::schema(root, items)));
    }
    add_fields(root, value, schema);
    if keywords.contains_key("$ref") {
        merge(root, follow(root, value), schema);
    }
    for part in value["allOf"].as_array().into_iter().flatten() {
        // Parts describe themselves, not the whole.
        let description = std::mem::take(&mut schema.description);
        merge(root, part, schema);
        schema.description = description;
    }
    for form in value["oneOf"].as_array().into_iter().flatten() {
        if form["type"] == "null" {
            schema.nullable = true;
        } else {
            merge(root, form, schema);
        }
    }
}

fn add_type(kind: &Value, schema: &mut Schema) {
    let names = match kind {
        Value::Array(names) => names.as_slice(),
        one => std::slice::from_ref(one),
    };
    for name in names.iter().filter_map(Value::as_str) {
        let kind = match name {
            "string" => SchemaType::String,
            "integer" => SchemaType::Integer,
            "number" => SchemaType::Number,
            "boolean" => SchemaType::Boolean,
            "array" => SchemaType::Array,
            "object" => SchemaType::Object,
            _ => {
                schema.nullable |= name == "null";
                continue;
            }
        };
        schema.kind = schema.kind.or(Some(kind));
    }
}

fn add_constraints(keywords: &Map<String, Value>, schema: &mut Schema) {
    let string = |name: &str| keywords.get(name).and_then(Value::as_str);
    for (into, name) in [
        (&mut schema.format, "format"),
        (&mut schema.pattern, "pattern"),
    ] {
        if let Some(text) = string(name) {
            text.clone_into(into);
        }
    }
    if let Some(default) = keywords.get("default") {
        schema.default = Some(default.clone());
    }
    if let Some(values) = keywords.get("enum").and_then(Value::as_array) {
        schema.values.clone_from(values);
    }
    let number = |name: &str| keywords.get(name)?.as_number().cloned();
    add_bound(&mut schema.range, number("minimum"), number("maximum"));
    let count = |name: &str| keywords.get(name)?.as_u64();
    add_bound(&mut schema.length, count("minLength"), count("maxLength"));
    add_bound(&mut schema.count, count("minItems"), count("maxItems"));
}

fn add_bound<T>(bound: &mut Bound<T>, min: Option<T>, max: Option<T>) {
    bound.min = min.or(bound.min.take());
    bound.max = max.or(bound.max.take());
}

fn add_fields(root: &Value, value: &Value, schema: &mut Schema) {
    let names = |list: &Value| -> Vec<String> {
        let names = list.as_array().into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    schema.condition = condition(value).or(schema.condition.take());
    schema.closed |= value["additionalProperties"] == false;
    let required = names(&value["required"]);
    let sometimes = names(&value["else"]["required"]);
    for (name, property) in value["properties"].as_object().into_iter().flatten() {
        let required = if required.contains(name) {
            Required::Yes
        } else if sometimes.contains(name) {
            Required::Sometimes
        } else {
            Required::No
        };
        schema.fields.push(Field {
            name: name.clone(),
            required,
            deprecated: property["deprecated"] == true,
            schema: self::schema(root, property),
        });
    }
}

/// Reads the form of `if`, `then` and `else` that our schemas use: if one field is given, others
/// must be `null`, else some are required.
fn condition(value: &Value) -> Option<Condition> {
    let field = value["if"]["required"][0].as_str()?.to_owned();
    let excludes = value["then"]["properties"].as_object()?.keys().cloned();
    let required = value["else"]["required"].as_array()?.iter();
    let required = required.filter_map(Value::as_str).map(str::to_owned);
    Some(Condition {
        field,
        excludes: excludes.collect(),
        otherwise_requires: required.collect(),
    })
}

/// Resolves a `$ref` within the document. Returns `value` if it has none.
fn follow<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str().and_then(|it| it.strip_prefix('#')) {
        Some(pointer) => root.pointer(pointer).unwrap_or(&Value::Null),
        None => value,
    }
}

/// Returns a string member, or an empty string.
fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests;
