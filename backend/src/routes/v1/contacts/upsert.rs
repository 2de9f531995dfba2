//! `POST /v1/contacts`: adds or updates a contact.

use crate::{
    entity_tag::tagged_json, error::ApiError, gateway::caller::ApiCaller, json_body::Json,
    mail::address, models::contact::Contact, names, random::random_base62, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{
    contact::{ContactView, UpsertContact},
    ids::ContactId,
    operation::UpsertContact as UpsertContactRow,
};

/// Add or update a contact
///
/// Adds a contact, or updates the one with this email address; fields that you leave out keep their
/// value. Responds with 201 for a new contact and 200 for an updated one.
#[utoipa::path(post, path = "/v1/contacts", tag = "Contacts",
    request_body(content = UpsertContact, example = json!({"email": "alice@example.com",
        "first_name": "Alice", "tags": ["newsletter"], "attributes": {"company": "Acme Corp"}})),
    responses(
        (status = 200, description = "The contact, updated", body = ContactView,
            example = json!({"id": "con_8sJd2kLm4nPq6rSt", "email": "alice@example.com",
            "first_name": "Alice", "last_name": "Doe", "tags": ["newsletter"],
            "attributes": {"company": "Acme Corp"}, "status": "active",
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-12-01T08:00:00Z"})),
        (status = 201, description = "The contact, added", body = ContactView,
            example = json!({"id": "con_8sJd2kLm4nPq6rSt", "email": "alice@example.com",
            "first_name": "Alice", "last_name": "", "tags": ["newsletter"],
            "attributes": {"company": "Acme Corp"}, "status": "active",
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:30:00Z"}))))]
pub async fn upsert_contact(
    caller: ApiCaller<UpsertContactRow>,
    state: web::Data<AppState>,
    Json(mut input): Json<UpsertContact>,
) -> Result<HttpResponse, ApiError> {
    address::normalize("email", &mut input.email)?;
    names::normalize(input.names_mut());
    input.validate().map_err(ApiError::fields)?;
    let id = random_base62(16).map_err(ApiError::internal)?;
    let id = ContactId::new(format!("{}{id}", ContactId::PREFIX));
    let (key, now) = (caller.key, state.clock.now_naive());
    let (contact, is_new) = state
        .db
        .write(move |conn| Contact::upsert(conn, &key.tenant_id, key.environment, id, input, now))
        .await?;
    let answer = if is_new {
        HttpResponse::Created()
    } else {
        HttpResponse::Ok()
    };
    tagged_json(answer, &contact.into_view()?)
}
