//! `/api/v1/platform/api-keys`: API keys.

mod change;
mod create;
mod example;
mod playground_token;
mod reveal;
mod revoke;
mod rotate;

use crate::{
    auth::authorized::Authorized,
    endpoint::endpoint,
    error::ApiError,
    json,
    models::api_key::{ApiKey, KeyCursor, KeyFilter, Sort},
    routes::platform::api_keys::change::key_response,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{
    ids::KeyId,
    key::{KeyStatus, KeyView},
    operation,
    page::Page,
};

/// Maximum length of an IP range: an IPv4 address in IPv6 notation, with its prefix length.
const IP_RANGE_MAX_CHARS: usize = 49;

/// Query parameters of the list of API keys.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Part of a name, or the beginning of an id.
    #[param(example = "nightly")]
    search: Option<String>,
    /// Only keys in this status.
    #[param(example = "active", inline)]
    status: Option<KeyStatus>,
    /// The property to sort by.
    #[serde(default)]
    #[param(example = "created", inline)]
    sort: Sort,
    /// The sort direction. Defaults to ascending for names, otherwise to descending.
    #[param(example = "desc", inline)]
    order: Option<Order>,
    /// The number of keys per page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// The sort direction of a list.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Smallest or earliest first.
    Asc,
    /// Largest or latest first.
    Desc,
}

/// List API keys
///
/// Returns the API keys in the calling key's environment, without their secret parts. They can be
/// filtered by status and sorted by name, creation or last use. Use it to find keys that are
/// unused, about to expire, or replaced by rotation.
#[endpoint(operation::ListApiKeys, examples(InvalidQuery("limit", "Use 1 to 100.")),
    tag = "Management", params(ListQuery),
    responses((status = 200, description = "A page of API keys", body = Page<KeyView>,
        example = json!({"data": [example::key()],
            "total": 1, "next_cursor": null}))))]
pub async fn list_api_keys(
    caller: Authorized<operation::ListApiKeys>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: ListQuery = json::parse_query(&request)?;
    // Dates are newest first, names are A to Z.
    let by_default = if query.sort == Sort::Name {
        Order::Asc
    } else {
        Order::Desc
    };
    let after: Option<KeyCursor> = json::cursor(query.cursor.as_deref())?;
    if after
        .as_ref()
        .is_some_and(|it| it.value.sort() != query.sort)
    {
        return Err(json::not_a_cursor());
    }
    let filter = KeyFilter {
        search: query
            .search
            .map(|search| search.trim().to_owned())
            .filter(|s| !s.is_empty()),
        status: query.status,
        sort: query.sort,
        ascending: query.order.unwrap_or(by_default) == Order::Asc,
        limit: json::page_limit(query.limit)?,
        after,
    };
    let visible = caller.visible_keys();
    let now = state.clock.now();
    let page = state
        .db
        .read(move |conn| ApiKey::list(conn, &visible, &filter, now))
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Get an API key
///
/// Returns settings, status, usage and last refused request of one key; its secret part is never
/// shown again. The `ETag` is its version. Use it to check a key before you change, rotate or
/// revoke it.
#[endpoint(operation::GetApiKey, etag, tag = "Management",
    params(("id" = KeyId, Path, description = "Identifier of the key, with the prefix `key_`", example = "key_4fGh7kQ2mXyZ")),
    responses((status = 200, description = "The key", body = KeyView,
        example = json!(example::key()))))]
pub async fn get_api_key(
    caller: Authorized<operation::GetApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
) -> Result<HttpResponse, ApiError> {
    let visible = caller.visible_keys();
    let now = state.clock.now();
    let key = state
        .db
        .read(move |conn| ApiKey::get(conn, &visible, &id)?.view(conn, now))
        .await?;
    Ok(key_response(&key))
}
