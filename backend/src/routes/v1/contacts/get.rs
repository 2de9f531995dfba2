//! `GET /v1/contacts/{id}`: returns one contact.

use crate::{
    entity_tag::tagged_json, error::ApiError, gateway::caller::ApiCaller, models::contact::Contact,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{contact::ContactView, ids::ContactId, operation::GetContact};

/// Get a contact
///
/// Returns one contact in the key's environment.
#[utoipa::path(get, path = "/v1/contacts/{id}", tag = "Contacts",
    params(("id" = ContactId, Path, description = "The contact's id",
        example = "con_8sJd2kLm4nPq6rSt")),
    responses((status = 200, description = "The contact", body = ContactView,
        example = json!({"id": "con_8sJd2kLm4nPq6rSt", "email": "alice@example.com",
            "first_name": "Alice", "last_name": "Doe", "tags": ["newsletter"],
            "attributes": {"company": "Acme Corp"}, "status": "active",
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:30:00Z"}))))]
pub async fn get_contact(
    caller: ApiCaller<GetContact>,
    state: web::Data<AppState>,
    id: web::Path<ContactId>,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let contact = state
        .db
        .read(move |conn| Contact::get(conn, &key.tenant_id, key.environment, &id))
        .await?;
    tagged_json(HttpResponse::Ok(), &contact.into_view()?)
}
