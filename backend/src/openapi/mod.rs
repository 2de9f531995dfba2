//! The OpenAPI 3.1 documents of the public and the management API: what the handlers say
//! of themselves, completed from the route table with scope, limit and error answers.

mod bounds;
mod errors;
mod headers;
mod references;

use crate::routes::{platform::api_keys, tenant, v1};
use serde_json::{Value, json};
use shared::{
    error::{ErrorCode, Problem},
    ids::{CampaignId, ContactId, KeyId, MessageId, RequestId},
    operation::{Need, OPERATIONS, Operation},
};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "PenguinMails API",
        version = "v1",
        license(name = "MIT OR Apache-2.0"),
        description = "Send e-mail, run campaigns, manage contacts and see what became of \
            your mail. Send an API key with every request: `Authorization: Bearer pm_live_…`. \
            Keys that begin with `pm_test_` work on data of their own, and their mail never \
            leaves the server."
    ),
    paths(
        v1::emails::send_email,
        v1::emails::list_emails,
        v1::emails::get_email,
        v1::campaigns::create_campaign,
        v1::campaigns::list_campaigns,
        v1::campaigns::get_campaign,
        v1::campaigns::replace_campaign,
        v1::campaigns::delete_campaign,
        v1::campaigns::start_campaign,
        v1::campaigns::pause_campaign,
        v1::contacts::upsert_contact,
        v1::contacts::list_contacts,
        v1::contacts::get_contact,
        v1::contacts::replace_contact,
        v1::contacts::delete_contact,
        v1::analytics::get_campaign_analytics,
        v1::analytics::get_email_analytics,
        v1::templates::put_template,
        v1::templates::list_templates,
        v1::templates::get_template,
        v1::templates::delete_template,
        v1::whoami::whoami,
    ),
    components(schemas(Problem, ErrorCode)),
    tags(
        (name = "Emails", description = "Send single emails and see what became of them."),
        (name = "Campaigns", description = "One email to many contacts, started and paused as a whole."),
        (name = "Contacts", description = "The people that campaigns go to."),
        (name = "Analytics", description = "What recipients did with the emails, in numbers."),
        (name = "Templates", description = "Texts with gaps, filled in for each recipient."),
        (name = "Account", description = "The key that asks, and its limits."),
    )
)]
struct PublicApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "PenguinMails management API",
        version = "v1",
        license(name = "MIT OR Apache-2.0"),
        description = "Manage API keys, read usage, limits and the audit log. Send an API key \
            with every request: `Authorization: Bearer pm_live_…`. A key sees and changes only \
            what belongs to its own environment; plan, quotas and audit log need a live key. \
            People do the same and more in the dashboard, which uses these operations too."
    ),
    paths(
        api_keys::list_api_keys,
        api_keys::create_api_key,
        api_keys::get_api_key,
        api_keys::update_api_key,
        api_keys::rotate_api_key,
        api_keys::revoke_api_key,
        tenant::get_api_usage,
        tenant::export_errors,
        tenant::get_request,
        tenant::get_rate_limit,
        tenant::get_plan,
        tenant::change_plan,
        tenant::get_quotas,
        tenant::list_audit_log,
    ),
    components(schemas(Problem, ErrorCode)),
    tags((name = "Management", description = "API keys, usage, limits and the audit log, for \
        programs that look after an account."))
)]
struct ManagementApi;

/// The document of the public API, for the server at `public_url`.
pub fn document(public_url: &str) -> Value {
    finish(PublicApi::openapi(), Operation::is_public_api, public_url)
}

/// The document of the management API, for the server at `public_url`.
pub fn management_document(public_url: &str) -> Value {
    finish(
        ManagementApi::openapi(),
        Operation::is_management_api,
        public_url,
    )
}

fn finish(
    declared: utoipa::openapi::OpenApi,
    is_in: fn(&Operation) -> bool,
    public_url: &str,
) -> Value {
    let mut document = serde_json::to_value(declared).unwrap_or_default();
    document["servers"] = json!([{ "url": public_url }]);
    document["components"]["securitySchemes"] = json!({
        "api_key": { "type": "http", "scheme": "bearer", "bearerFormat": "pm_live_…" }
    });
    bounds::add(&mut document["components"]["schemas"]);
    document["components"]["headers"] = headers::all();
    let mut examples = json!({});
    for operation in OPERATIONS.iter().filter(|row| is_in(row)) {
        let method = operation.method.to_lowercase();
        let entry = &mut document["paths"][operation.path][method];
        complete(entry, operation);
        let parameters = entry.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            if parameter["in"] == "path" {
                parameter["schema"]["pattern"] = json!(id_pattern(operation));
            } else if parameter["in"] == "query" {
                bounds::add_to_query_parameter(&mut parameter["schema"]);
            }
        }
        errors::add(entry, operation, &mut examples, public_url);
        headers::add(&mut entry["responses"], operation.id);
    }
    document["components"]["examples"] = examples;
    references::put(&mut document);
    document
}

fn complete(entry: &mut Value, operation: &Operation) {
    let Some((scopes, need)) = operation.scopes() else {
        return;
    };
    entry["security"] = json!([{ "api_key": [] }]);
    entry["x-required-scope"] = if scopes.is_empty() {
        json!("none")
    } else {
        json!(scopes)
    };
    entry["x-required-scope-match"] = match need {
        Need::AnyOf => json!("any"),
        Need::AllOf => json!("all"),
    };
    entry["x-rate-limit"] = match operation.limit {
        Some(limit) => json!({ "name": limit.name, "per_minute": limit.per_minute }),
        None => json!("plan"),
    };
}

/// What the ids in an operation's path look like.
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
