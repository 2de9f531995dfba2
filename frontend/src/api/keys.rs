//! The company's API keys.

use super::{ApiError, call, call_with};
use crate::logic::key_query::KeyQuery;
use gloo_net::http::Request;
use shared::{
    ids::KeyId,
    key::{CreateKey, CreatedKey, KeyView},
    page::{MAX_LIMIT, Page},
};

const PATH: &str = "/api/v1/platform/api-keys";

/// The first `count` keys that match, however many requests that takes.
pub async fn list(query: &KeyQuery, count: u32) -> Result<Page<KeyView>, ApiError> {
    let mut page = list_page(query, count, None).await?;
    while let Some(cursor) = page.next_cursor.take() {
        let have = u32::try_from(page.data.len()).unwrap_or(u32::MAX);
        if have >= count {
            page.next_cursor = Some(cursor);
            break;
        }
        let mut next = list_page(query, count - have, Some(&cursor)).await?;
        page.data.append(&mut next.data);
        page.total = next.total;
        page.next_cursor = next.next_cursor;
    }
    Ok(page)
}

async fn list_page(
    query: &KeyQuery,
    count: u32,
    cursor: Option<&str>,
) -> Result<Page<KeyView>, ApiError> {
    let limit = count.min(MAX_LIMIT).to_string();
    let mut params = query.params();
    params.push(("limit", &limit));
    if let Some(cursor) = cursor {
        params.push(("cursor", cursor));
    }
    call(Request::get(PATH).query(params)).await
}

/// Creates a key. The answer is the only time that the key itself is sent.
pub async fn create(request: &CreateKey) -> Result<CreatedKey, ApiError> {
    call_with(Request::post(PATH), request).await
}

/// Revokes a key for good.
pub async fn revoke(id: &KeyId) -> Result<KeyView, ApiError> {
    call(Request::delete(&format!("{PATH}/{id}"))).await
}
