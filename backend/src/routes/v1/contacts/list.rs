//! `GET /v1/contacts`: lists contacts.

use crate::{
    error::ApiError,
    gateway::caller::ApiCaller,
    json,
    models::contact::{Contact, ContactFilter},
    names::normalized,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{
    contact::{ContactStatus, ContactView},
    operation::ListContacts,
    page::Page,
};

/// Query parameters of the list of contacts.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Part of an email address or name.
    #[param(example = "alice")]
    search: Option<String>,
    /// Only contacts with this tag (case-sensitive).
    #[param(example = "newsletter")]
    tag: Option<String>,
    /// Only contacts in this status.
    #[param(example = "active", inline)]
    status: Option<ContactStatus>,
    /// The number of contacts per page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// List contacts
///
/// Returns the contacts in the key's environment, newest first.
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
    let filter = ContactFilter {
        search: query.search.filter(|search| !search.is_empty()),
        tag: query
            .tag
            .filter(|tag| !tag.is_empty())
            .map(|tag| normalized(&tag)),
        status: query.status,
        limit: json::page_limit(query.limit)?,
        after: json::cursor(query.cursor.as_deref())?,
    };
    let key = caller.key;
    let page = state
        .db
        .read(move |conn| Contact::list(conn, &key.tenant_id, key.environment, filter))
        .await?;
    Ok(HttpResponse::Ok().json(page))
}
