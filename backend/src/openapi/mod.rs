//! The OpenAPI 3.1 documents of the public and the management API: the documentation of the
//! endpoints, with scope, rate limit and error responses from the route table.

mod bounds;
mod effects;
mod errors;
mod headers;
mod references;

use crate::endpoint::ENDPOINTS;
use serde_json::{Value, json};
use shared::{
    error::{ErrorCode, Problem},
    ids::{CampaignId, ContactId, KeyId, MessageId, RequestId},
    operation::Operation,
};
use utoipa::{OpenApi, openapi::HttpMethod};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "PenguinMails API",
        version = "v1",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        description = "Send emails, run campaigns, manage contacts and track delivery. \
            Send an API key with every request: `Authorization: Bearer pm_live_…`. Keys that \
            begin with `pm_test_` have separate data, and their emails never leave the server."
    ),
    components(schemas(Problem, ErrorCode)),
    tags(
        (name = "Emails", description = "Send single emails and track their delivery."),
        (name = "Campaigns", description = "Send one email to many contacts."),
        (name = "Contacts", description = "Recipients of campaigns, with tags and attributes."),
        (name = "Analytics", description = "Delivery, opens and clicks in numbers."),
        (name = "Templates", description = "Email templates with variables."),
        (name = "Account", description = "The calling key and its rate limits."),
    )
)]
struct PublicApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "PenguinMails management API",
        version = "v1",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        description = "Manage API keys, read usage, limits and the audit log. Send an API key \
            with every request: `Authorization: Bearer pm_live_…`. A key is confined to its \
            environment; plan, quotas and audit log require a live key. The dashboard uses the \
            same operations."
    ),
    components(schemas(Problem, ErrorCode)),
    tags((name = "Management", description = "API keys, usage, limits and the audit log, for \
        applications that manage an account."))
)]
struct ManagementApi;

/// Builds the document of the public API, for the server at `public_url`.
pub fn document(public_url: &str) -> Value {
    build(PublicApi::openapi(), Operation::is_public_api, public_url)
}

/// Builds the document of the management API, for the server at `public_url`.
pub fn management_document(public_url: &str) -> Value {
    build(
        ManagementApi::openapi(),
        Operation::is_management_api,
        public_url,
    )
}

fn build(
    mut api: utoipa::openapi::OpenApi,
    is_in: fn(&Operation) -> bool,
    public_url: &str,
) -> Value {
    let mut endpoints = Vec::new();
    let mut schemas = Vec::new();
    for endpoint in ENDPOINTS.iter().filter(|it| is_in(it.operation)) {
        let Some(mut docs) = (endpoint.docs)() else {
            continue;
        };
        let path = endpoint.operation.path;
        let method = http_method(endpoint.operation);
        let operation = docs.operation.clone();
        api.paths.add_path_operation(path, vec![method], operation);
        schemas.append(&mut docs.schemas);
        endpoints.push((endpoint.operation, docs));
    }
    api.components
        .get_or_insert_default()
        .schemas
        .extend(schemas);
    let mut document = serde_json::to_value(api).unwrap_or_default();
    document["servers"] = json!([{ "url": public_url }]);
    document["components"]["securitySchemes"] = json!({
        "api_key": { "type": "http", "scheme": "bearer", "bearerFormat": "pm_live_…" }
    });
    document["components"]["headers"] = headers::all();
    let mut examples = json!({});
    for (operation, docs) in &endpoints {
        let method = operation.method.to_lowercase();
        let entry = &mut document["paths"][operation.path][method];
        complete(entry, operation);
        errors::add(entry, operation, docs, &mut examples, public_url);
        effects::add(entry, operation, docs);
        headers::add(&mut entry["responses"], docs.has_etag);
        if let Some(name) = body_schema(entry) {
            bounds::add(&mut document["components"]["schemas"][name], docs.bounds);
        }
    }
    document["components"]["examples"] = examples;
    // This id's type has no description.
    if let Some(deleted) = document["components"]["schemas"].get_mut("Deleted_String") {
        deleted["properties"]["id"]["description"] = json!("Identifier of the deleted template.");
    }
    references::put(&mut document);
    document
}

fn http_method(operation: &Operation) -> HttpMethod {
    match operation.method {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

/// Returns the name of the request body's schema.
fn body_schema(entry: &Value) -> Option<String> {
    let schema = &entry["requestBody"]["content"]["application/json"]["schema"];
    // An optional body may also be null.
    let options = schema["oneOf"].as_array().into_iter().flatten();
    let reference = options
        .chain([schema])
        .find_map(|schema| schema["$ref"].as_str())?;
    Some(reference.rsplit('/').next()?.to_owned())
}

/// Adds what the route table says about the operation.
fn complete(entry: &mut Value, operation: &Operation) {
    let parameters = entry.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        if parameter["in"] == "path" {
            parameter["schema"]["pattern"] = json!(id_pattern(operation));
        } else if parameter["in"] == "query" {
            bounds::add_to_query_parameter(&mut parameter["schema"]);
        }
    }
    let Some(scopes) = operation.scopes() else {
        return;
    };
    entry["security"] = json!([{ "api_key": [] }]);
    (entry["x-required-scope"], entry["x-required-scope-match"]) = match scopes {
        _ if scopes.is_empty() => (json!("none"), json!("any")),
        _ if scopes.all_of.is_empty() => (json!(scopes.any_of), json!("any")),
        _ => (json!(scopes.all_of), json!("all")),
    };
    if !scopes.all_of.is_empty() && !scopes.any_of.is_empty() {
        entry["x-required-scope-one-of"] = json!(scopes.any_of);
    }
    entry["x-rate-limit"] = match operation.limit {
        Some(limit) => json!({ "name": limit.name, "per_minute": limit.per_minute }),
        None => json!("plan"),
    };
}

/// Returns the pattern of the ids in the operation's path.
fn id_pattern(operation: &Operation) -> String {
    let collection = operation.path.split("/{").next().unwrap_or_default();
    let (prefix, length) = match collection {
        "/v1/contacts" => (ContactId::PREFIX, 16),
        "/v1/emails" => (MessageId::PREFIX, 16),
        "/v1/templates" => return "^[a-z0-9][a-z0-9_-]{0,63}$".to_owned(),
        "/api/v1/platform/api-keys" => (KeyId::PREFIX, 12),
        "/api/v1/tenant/requests" => (RequestId::PREFIX, 18),
        _ => (CampaignId::PREFIX, 16),
    };
    format!("^{prefix}[0-9A-Za-z]{{{length}}}$")
}
