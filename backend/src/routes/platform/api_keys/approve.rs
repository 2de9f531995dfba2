//! `POST /api/v1/platform/api-keys/{id}/approve`: approves pending permissions.

use super::change::{change_key, key_response};
use crate::{
    auth::authorized::Authorized, entity_tag::Preconditions, error::ApiError, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{audit::Action, error::ErrorCode, ids::KeyId, operation::ApproveApiKey};

/// Approves the pending permissions of a key. Always a separate step, even for a key that the
/// approver created.
pub async fn approve_api_key(
    caller: Authorized<ApproveApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
    conditions: Preconditions,
) -> Result<HttpResponse, ApiError> {
    let (id, now) = (id.into_inner(), state.clock.now_naive());
    let key = change_key(
        caller,
        &state,
        id,
        conditions,
        Action::KeyApproved,
        move |caller, key| {
            if key.pending()?.is_empty() {
                return Err(ErrorCode::NothingToApprove.into());
            }
            key.bulk_approved_at = Some(now);
            caller.ensure_can_grant(&key.grant()?)
        },
    );
    Ok(key_response(&key.await?))
}
