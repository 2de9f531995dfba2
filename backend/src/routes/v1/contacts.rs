//! `/v1/contacts`

use crate::{
    error::ApiError,
    gateway::caller::ApiCaller,
    json::{self, Json},
    keys::format::random_base62,
    models::contact::{Contact, Filter},
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{
    contact::{ContactView, UpsertContact},
    ids::ContactId,
    operation::{ListContacts, UpsertContact as UpsertContactRow},
    page::Page,
};

/// What a list of contacts can be asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Part of an e-mail address or name.
    #[param(example = "alice")]
    search: Option<String>,
    /// How many contacts, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List contacts
///
/// Returns the contacts of the key's environment, newest first.
#[utoipa::path(get, path = "/v1/contacts", tag = "Contacts", params(ListQuery),
    responses((status = 200, description = "A page of contacts", body = Page<ContactView>,
        example = json!({"data": [{"id": "con_8sJd2kLm4nPq6rSt", "email": "alice@example.com",
            "first_name": "Alice", "last_name": "Doe", "tags": ["newsletter"],
            "attributes": {"company": "Acme Corp"}, "status": "active",
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:30:00Z"}],
            "total": 1, "next_cursor": null}))))]
pub async fn list_contacts(
    caller: ApiCaller<ListContacts>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: ListQuery = json::parse_query(&request)?;
    let after = query
        .cursor
        .map(|cursor| Contact::parse_cursor(&cursor).ok_or_else(json::bad_cursor));
    let filter = Filter {
        search: query.search.filter(|search| !search.is_empty()),
        limit: json::page_limit(query.limit)?,
        after: after.transpose()?,
    };
    let key = caller.key;
    let page = state
        .db
        .read(move |conn| Contact::list(conn, &key.tenant_id, key.environment, filter))
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Add or update a contact
///
/// Adds a contact, or updates the one with this e-mail address; fields that are
/// left out keep their value. Answers 201 for a new contact and 200 for an updated one.
#[utoipa::path(post, path = "/v1/contacts", tag = "Contacts",
    request_body(content = UpsertContact, example = json!({"email": "alice@example.com",
        "first_name": "Alice", "tags": ["newsletter"], "attributes": {"company": "Acme Corp"}})),
    responses(
        (status = 200, description = "The contact, updated", body = ContactView),
        (status = 201, description = "The contact, added", body = ContactView,
            example = json!({"id": "con_8sJd2kLm4nPq6rSt", "email": "alice@example.com",
            "first_name": "Alice", "last_name": "", "tags": ["newsletter"],
            "attributes": {"company": "Acme Corp"}, "status": "active",
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:30:00Z"}))))]
pub async fn upsert_contact(
    caller: ApiCaller<UpsertContactRow>,
    state: web::Data<AppState>,
    Json(input): Json<UpsertContact>,
) -> Result<HttpResponse, ApiError> {
    input.validate().map_err(ApiError::fields)?;
    let id = random_base62(16).map_err(ApiError::internal)?;
    let id = ContactId::new(format!("{}{id}", ContactId::PREFIX));
    let (key, now) = (caller.key, state.clock.now_naive());
    let (contact, is_new) = state
        .db
        .write(move |conn| Contact::upsert(conn, &key.tenant_id, key.environment, id, input, now))
        .await?;
    let mut answer = if is_new {
        HttpResponse::Created()
    } else {
        HttpResponse::Ok()
    };
    Ok(answer.json(contact.into_view()?))
}
