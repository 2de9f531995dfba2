use super::{ApiError, call, call_with, request};
use crate::keys::logic::query::KeyQuery;
use gloo_net::http::RequestBuilder;
use shared::{
    ids::KeyId,
    key::{
        CreateKey, CreatedKey, KeyView, PlaygroundToken, RevealedKey, RotateKey, RotatedKey,
        UpdateKey,
    },
    operation,
    page::{MAX_LIMIT, Page},
};

/// Returns the first `count` keys that match, with as many requests as that takes.
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
    call(request::<operation::ListApiKeys>(&[]).query(params)).await
}

/// Creates a key. Only the response contains the key itself.
pub async fn create(form: &CreateKey) -> Result<CreatedKey, ApiError> {
    call_with(request::<operation::CreateApiKey>(&[]), form).await
}

pub async fn get(id: &KeyId) -> Result<KeyView, ApiError> {
    call(request::<operation::GetApiKey>(&[id.as_str()])).await
}

/// Changes only what `change` names, if the key still has the settings of `seen`.
pub async fn update(seen: &KeyView, change: &UpdateKey) -> Result<KeyView, ApiError> {
    let request = request::<operation::UpdateApiKey>(&[seen.id.as_str()]);
    call_with(if_unchanged(request, seen), change).await
}

/// Makes the server refuse the request with `key_changed` if the key has changed since `seen`.
fn if_unchanged(request: RequestBuilder, seen: &KeyView) -> RequestBuilder {
    request.header("If-Match", &format!("\"{}\"", seen.version))
}

/// Replaces a key with a new one. Only the response contains the new key itself.
pub async fn rotate(id: &KeyId, form: &RotateKey) -> Result<RotatedKey, ApiError> {
    call_with(request::<operation::RotateApiKey>(&[id.as_str()]), form).await
}

/// Disables a key until it is enabled again.
pub async fn disable(id: &KeyId) -> Result<KeyView, ApiError> {
    call(request::<operation::DisableApiKey>(&[id.as_str()])).await
}

/// Enables a disabled key, if it still has the settings of `seen`.
pub async fn enable(seen: &KeyView) -> Result<KeyView, ApiError> {
    let request = request::<operation::EnableApiKey>(&[seen.id.as_str()]);
    call(if_unchanged(request, seen)).await
}

/// Approves the pending permissions of a key, if it still has the settings of `seen`.
pub async fn approve(seen: &KeyView) -> Result<KeyView, ApiError> {
    let request = request::<operation::ApproveApiKey>(&[seen.id.as_str()]);
    call(if_unchanged(request, seen)).await
}

/// Returns the whole key, if it is recoverable.
pub async fn reveal(id: &KeyId) -> Result<RevealedKey, ApiError> {
    call(request::<operation::RevealApiKey>(&[id.as_str()])).await
}

/// Issues a playground token, valid for five minutes in place of the key.
pub async fn create_playground_token(id: &KeyId) -> Result<PlaygroundToken, ApiError> {
    let request = request::<operation::CreatePlaygroundToken>(&[id.as_str()]);
    call(request).await
}

/// Revokes a key permanently, and with `descendants` also the keys created by it.
pub async fn revoke(id: &KeyId, descendants: bool) -> Result<KeyView, ApiError> {
    let mut request = request::<operation::RevokeApiKey>(&[id.as_str()]);
    if descendants {
        request = request.query([("descendants", "true")]);
    }
    call(request).await
}
