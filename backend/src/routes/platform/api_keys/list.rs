//! `GET /api/v1/platform/api-keys`

use crate::{
    auth::authorized::Authorized,
    error::ApiError,
    json,
    models::api_key::{ApiKey, Filter, Position, Sort},
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{key::KeyStatus, operation::ListApiKeys};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    search: Option<String>,
    status: Option<KeyStatus>,
    #[serde(default)]
    sort: Sort,
    order: Option<Order>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Asc,
    Desc,
}

/// Returns a page of the keys that the caller can see.
pub async fn list_api_keys(
    caller: Authorized<ListApiKeys>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: Query = json::parse_query(&request)?;
    // Newest first, but A before Z.
    let by_default = if query.sort == Sort::Name {
        Order::Asc
    } else {
        Order::Desc
    };
    let after: Option<Position> = json::cursor(query.cursor.as_deref())?;
    if after
        .as_ref()
        .is_some_and(|it| it.value.sort() != query.sort)
    {
        return Err(json::not_a_cursor());
    }
    let filter = Filter {
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
