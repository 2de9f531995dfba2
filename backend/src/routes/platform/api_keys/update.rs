//! `PATCH /api/v1/platform/api-keys/{id}`

use super::change::{change_key, key_response};
use crate::{
    auth::authorized::Authorized, entity_tag::Preconditions, error::ApiError, json::Json, names,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{audit::Action, ids::KeyId, key::UpdateKey, operation::UpdateApiKey};

/// Changes what the form names and nothing else. Widening what the key reaches
/// takes sudo and the right to grant all of it; narrowing takes neither.
pub async fn update_api_key(
    caller: Authorized<UpdateApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
    conditions: Preconditions,
    Json(mut form): Json<UpdateKey>,
) -> Result<HttpResponse, ApiError> {
    names::normalize(&mut form.name);
    let now = state.clock.now();
    form.validate(now).map_err(ApiError::fields)?;
    let id = id.into_inner();
    let key = change_key(
        caller,
        &state,
        id,
        conditions,
        Action::KeyUpdated,
        move |caller, key| {
            let before = key.reach()?;
            key.update(form);
            let after = key.reach()?;
            if !after.exceeds(&before).is_none() {
                caller.must_reach(&after)?;
                caller.must_have_sudo(now.naive_utc())?;
            }
            Ok(())
        },
    )
    .await?;
    Ok(key_response(&key))
}
