//! The company's API keys.

use super::{ApiError, call, call_with};
use crate::logic::key_query::KeyQuery;
use gloo_net::http::{Request, RequestBuilder};
use shared::{
    ids::KeyId,
    key::{
        CreateKey, CreatedKey, KeyView, PlaygroundToken, RevealedKey, RotateKey, RotatedKey,
        UpdateKey,
    },
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

/// One key.
pub async fn get(id: &KeyId) -> Result<KeyView, ApiError> {
    call(Request::get(&format!("{PATH}/{id}"))).await
}

/// Changes what `change` names and nothing else, if the key still has the settings of `seen`.
pub async fn update(seen: &KeyView, change: &UpdateKey) -> Result<KeyView, ApiError> {
    let request = Request::patch(&format!("{PATH}/{}", seen.id));
    call_with(if_unchanged(request, seen), change).await
}

/// Makes the request one that is refused with `key_changed` if the key was changed since it
/// was seen.
fn if_unchanged(request: RequestBuilder, seen: &KeyView) -> RequestBuilder {
    request.header("If-Match", &format!("\"{}\"", seen.version))
}

/// Replaces a key by a new one. The answer is the only time that the new one is sent.
pub async fn rotate(id: &KeyId, request: &RotateKey) -> Result<RotatedKey, ApiError> {
    call_with(Request::post(&format!("{PATH}/{id}/rotate")), request).await
}

/// Switches a key off until it is enabled again.
pub async fn disable(id: &KeyId) -> Result<KeyView, ApiError> {
    call(Request::post(&format!("{PATH}/{id}/disable"))).await
}

/// Switches a disabled key on again, if it still has the settings of `seen`.
pub async fn enable(seen: &KeyView) -> Result<KeyView, ApiError> {
    let request = Request::post(&format!("{PATH}/{}/enable", seen.id));
    call(if_unchanged(request, seen)).await
}

/// Gives effect to the permissions that wait for an Admin's approval, if the key still has
/// the settings of `seen`.
pub async fn approve(seen: &KeyView) -> Result<KeyView, ApiError> {
    let request = Request::post(&format!("{PATH}/{}/approve", seen.id));
    call(if_unchanged(request, seen)).await
}

/// The whole key, if it is recoverable.
pub async fn reveal(id: &KeyId) -> Result<RevealedKey, ApiError> {
    call(Request::post(&format!("{PATH}/{id}/reveal"))).await
}

/// A token that stands in for a key on `/v1` for five minutes.
pub async fn create_playground_token(id: &KeyId) -> Result<PlaygroundToken, ApiError> {
    call(Request::post(&format!("{PATH}/{id}/playground-token"))).await
}

/// Revokes a key for good, and with `descendants` the keys that it has created.
pub async fn revoke(id: &KeyId, descendants: bool) -> Result<KeyView, ApiError> {
    let request = Request::delete(&format!("{PATH}/{id}"));
    call(if descendants {
        request.query([("descendants", "true")])
    } else {
        request
    })
    .await
}
