//! What all changes of a key have in common.

use crate::{
    auth::authorized::Authorized,
    error::ApiError,
    models::{api_key::ApiKey, playground_token::PlaygroundToken, quota},
    state::AppState,
};
use shared::{audit::Action, ids::KeyId, key::KeyView, operation::Row};

/// Changes one of the tenant's keys, unless it is revoked. `change` sees the key as
/// it is and may refuse. What has really changed is written down, and counts from
/// the next request on.
pub async fn change_key<R: Row + Send>(
    caller: Authorized<R>,
    state: &AppState,
    id: KeyId,
    action: Action,
    change: impl FnOnce(&Authorized<R>, &mut ApiKey) -> Result<(), ApiError> + Send + 'static,
) -> Result<KeyView, ApiError> {
    let (tenant_id, key_id) = (caller.tenant_id.clone(), id.clone());
    let now = state.clock.now();
    let view = state
        .db
        .write(move |conn| {
            let before = ApiKey::for_change(conn, &caller.tenant_id, &id, now)?;
            let mut key = before.clone();
            change(&caller, &mut key)?;
            if key != before {
                key.save(conn)?;
                let narrowed = !before.reach()?.exceeds(&key.reach()?).is_none();
                if narrowed || key.dates() != before.dates() {
                    PlaygroundToken::end_all(conn, &key.id)?;
                }
                let deed = caller.deed(action, &key.id, now.naive_utc());
                deed.log_change(conn, &before.audited(), &key.audited())?;
                let has_expired = |key: &ApiKey| key.dates().expires_at.is_some_and(|it| it <= now);
                if has_expired(&before) && !has_expired(&key) {
                    let environment = key.environment()?;
                    quota::ensure_keys(conn, &caller.tenant_id, environment, now.naive_utc())?;
                }
            }
            key.view(conn, now)
        })
        .await?;
    state.key_changed(&tenant_id, &key_id);
    Ok(view)
}
