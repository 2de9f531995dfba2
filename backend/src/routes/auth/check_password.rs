//! `POST /api/v1/auth/password/check` and `POST /api/v1/auth/setup/check-password`: rates a
//! password while the user types. Nothing is stored.

use crate::{
    auth::{
        authorized::Authorized,
        password_policy::{self, PasswordOwner},
    },
    endpoint::endpoint,
    error::ApiError,
    json_body::Json,
    routes::auth::setup::check_token,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{
    error::FieldError,
    operation,
    session::{CheckPassword, PasswordVerdict, SetUp},
};
use tokio::sync::Semaphore;

/// Rates a new password of the signed-in user.
#[endpoint(operation::CheckPassword)]
pub async fn check_password(
    caller: Authorized<operation::CheckPassword>,
    Json(form): Json<CheckPassword>,
) -> Result<HttpResponse, ApiError> {
    let signed_in = caller.signed_in()?;
    let email = signed_in.user.email.clone();
    let name = signed_in.user.name.clone();
    verdict(form.password, email, name, signed_in.tenant.name.clone()).await
}

/// Rates the password of a set-up form, which may be incomplete. Requires the set-up link that the
/// console printed.
#[endpoint(operation::CheckSetUpPassword)]
pub async fn check_set_up_password(
    state: web::Data<AppState>,
    Json(form): Json<SetUp>,
) -> Result<HttpResponse, ApiError> {
    check_token(&state, &form.token)?;
    verdict(form.password, form.email, form.name, form.tenant_name).await
}

async fn verdict(
    password: String,
    email: String,
    name: String,
    tenant: String,
) -> Result<HttpResponse, ApiError> {
    let error = find_error("password", password, email, name, tenant).await?;
    Ok(HttpResponse::Ok().json(PasswordVerdict {
        problem: error.map(|error| error.message),
    }))
}

/// Checks `password` for a user with this name, email address and company, off the HTTP workers and
/// one at a time. Returns the error of `field` if it is rejected.
pub async fn find_error(
    field: &'static str,
    password: String,
    email: String,
    name: String,
    tenant: String,
) -> Result<Option<FieldError>, ApiError> {
    static TURNS: Semaphore = Semaphore::const_new(1);
    let turn = TURNS.acquire().await.map_err(ApiError::internal)?;
    let check = move || {
        // Released when the work ends, even if the request is cancelled before.
        let _turn = turn;
        let owner = PasswordOwner {
            email: &email,
            name: &name,
            tenant: &tenant,
        };
        password_policy::check(field, &password, &owner).err()
    };
    web::block(check).await.map_err(ApiError::internal)
}
