//! `POST /api/v1/auth/setup`: creates the first tenant and user.

use crate::{
    auth::{
        password_policy::{self, PasswordOwner},
        sign_in,
    },
    db,
    endpoint::endpoint,
    error::ApiError,
    json_body::Json,
    mail::address,
    models::{audit::AuditEvent, tenant::Tenant, user::User},
    names,
    random::new_id,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::{
    audit::Action, error::ErrorCode, ids::TenantId, operation, plan::Plan, role::Role,
    session::SetUp,
};
use subtle::ConstantTimeEq;

/// Creates the first tenant and its owner. Works once, with the set-up link that the console
/// printed.
#[endpoint(operation::SetUp)]
pub async fn set_up(
    state: web::Data<AppState>,
    request: HttpRequest,
    Json(mut form): Json<SetUp>,
) -> Result<HttpResponse, ApiError> {
    check_token(&state, &form.token)?;
    address::normalize("email", &mut form.email)?;
    names::normalize([&mut form.tenant_name, &mut form.name]);
    form.validate().map_err(ApiError::fields)?;
    let owner = PasswordOwner {
        email: &form.email,
        name: &form.name,
        tenant: &form.tenant_name,
    };
    password_policy::check("password", &form.password, &owner)
        .map_err(|error| ApiError::fields(vec![error]))?;
    let password_hash = state.passwords.hash(form.password).await?;
    let now = state.clock.now_naive();
    let tenant_id: TenantId = new_id().map_err(ApiError::internal)?;
    let tenant = Tenant::new(
        tenant_id.clone(),
        &form.tenant_name,
        Plan::Starter,
        false,
        now,
    );
    let user_id = new_id().map_err(ApiError::internal)?;
    let user = User::new(
        user_id,
        &tenant_id,
        &form.email,
        &form.name,
        Role::Owner,
        password_hash,
        now,
    );
    let owner = user.clone();
    let actor = sign_in::audited(&state, &request, &user);
    state
        .db
        .write(move |conn| {
            // Checked again inside the transaction: only one of two concurrent calls succeeds.
            db::lock(conn, "users")?;
            if User::count(conn)? > 0 {
                return Err(ErrorCode::SetupLinkInvalid.into());
            }
            tenant.insert(conn)?;
            owner.insert(conn)?;
            let event = AuditEvent {
                tenant: &tenant_id,
                actor,
                action: Action::UserCreated,
                subject_id: &owner.id,
                at: now,
            };
            event.record_created(conn, &owner.audited())
        })
        .await?;
    *state.setup_token.lock() = None;
    sign_in::respond(&state, &request, &user, HttpResponse::Created()).await
}

/// Returns an error unless the token is that of the set-up link.
pub fn check_token(state: &AppState, token: &str) -> Result<(), ApiError> {
    let expected = state.setup_token.lock().clone();
    let expected = expected.ok_or(ErrorCode::SetupLinkInvalid)?;
    if bool::from(expected.as_bytes().ct_eq(token.as_bytes())) {
        Ok(())
    } else {
        Err(ErrorCode::SetupLinkInvalid.into())
    }
}
