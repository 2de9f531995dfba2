//! `DELETE /v1/contacts/{id}`: deletes a contact.

use crate::{
    entity_tag::Preconditions, error::ApiError, gateway::caller::ApiCaller,
    models::contact::Contact, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{ids::ContactId, operation::DeleteContact, page::Deleted};

/// Delete a contact
///
/// Deletes a contact permanently. To stop sending emails to someone, set the status to
/// `unsubscribed` instead: a deleted contact can be added again.
#[utoipa::path(delete, path = "/v1/contacts/{id}", tag = "Contacts",
    params(("id" = ContactId, Path, description = "The contact's id",
        example = "con_8sJd2kLm4nPq6rSt"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what you have read: \
            if it was changed since, the request is refused with `precondition_failed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    responses((status = 200, description = "The contact is gone", body = Deleted<ContactId>,
        example = json!({"id": "con_8sJd2kLm4nPq6rSt", "deleted": true}))))]
pub async fn delete_contact(
    caller: ApiCaller<DeleteContact>,
    state: web::Data<AppState>,
    id: web::Path<ContactId>,
    conditions: Preconditions,
) -> Result<HttpResponse, ApiError> {
    let (key, id) = (caller.key, id.into_inner());
    let now = state.clock.now_naive();
    let deleted = Deleted::of(id.clone());
    state
        .db
        .write(move |conn| {
            Contact::delete(conn, &key.tenant_id, key.environment, &id, &conditions, now)
        })
        .await?;
    Ok(HttpResponse::Ok().json(deleted))
}
