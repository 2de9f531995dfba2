//! `PUT /v1/contacts/{id}`: replaces a contact.

use crate::{
    entity_tag::{Preconditions, tagged_json},
    error::ApiError,
    gateway::caller::ApiCaller,
    json_body::Json,
    mail::address,
    models::contact::Contact,
    names,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{
    contact::{ContactView, ReplaceContact},
    ids::ContactId,
    operation::ReplaceContact as ReplaceContactRow,
};

/// Replace a contact
///
/// Replaces names, tags and attributes; fields that you leave out become empty. `email` and
/// `status` change only if you send them; the address of another contact is refused with
/// `contact_exists`. An `unsubscribed` contact gets no campaigns.
///
/// With `If-Match`, a contact that was changed meanwhile stays as it is: `precondition_failed`.
#[utoipa::path(put, path = "/v1/contacts/{id}", tag = "Contacts",
    params(("id" = ContactId, Path, description = "The contact's id",
        example = "con_8sJd2kLm4nPq6rSt"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what you have read: \
            if it was changed since, the request is refused with `precondition_failed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    request_body(content = ReplaceContact, example = json!({"first_name": "Alice",
        "last_name": "Doe", "tags": ["newsletter", "customer"],
        "attributes": {"company": "Acme Corp"}, "status": "active"})),
    responses((status = 200, description = "The contact, replaced", body = ContactView,
        example = json!({"id": "con_8sJd2kLm4nPq6rSt", "email": "alice@example.com",
            "first_name": "Alice", "last_name": "Doe", "tags": ["newsletter", "customer"],
            "attributes": {"company": "Acme Corp"}, "status": "active",
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-26T08:00:00Z"}))))]
pub async fn replace_contact(
    caller: ApiCaller<ReplaceContactRow>,
    state: web::Data<AppState>,
    id: web::Path<ContactId>,
    conditions: Preconditions,
    Json(mut input): Json<ReplaceContact>,
) -> Result<HttpResponse, ApiError> {
    if let Some(email) = &mut input.email {
        address::normalize("email", email)?;
    }
    names::normalize(input.names_mut());
    input.validate().map_err(ApiError::fields)?;
    let (key, now) = (caller.key, state.clock.now_naive());
    let contact = state
        .db
        .write(move |conn| {
            Contact::replace(
                conn,
                &key.tenant_id,
                key.environment,
                &id,
                input,
                &conditions,
                now,
            )
        })
        .await?;
    tagged_json(HttpResponse::Ok(), &contact.into_view()?)
}
