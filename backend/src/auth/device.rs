//! Device cookies (OWASP): a signed cookie identifies a browser that has signed in to an account
//! before, so that its wrong passwords count in a separate bucket. The cookie grants nothing else
//! and reveals nothing about an account to a browser that has never signed in to it.

use crate::{
    config::PublicUrl,
    keys::secret::{SecretKeys, TAG_LEN},
};
use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use ring::rand::{SecureRandom, SystemRandom};

/// Lifetime of the cookie after the last sign-in.
pub const LIFETIME: TimeDelta = TimeDelta::days(180);
const NONCE_LEN: usize = 16;
const TIME_LEN: usize = 8;
const PAYLOAD_LEN: usize = TIME_LEN + NONCE_LEN;

/// The random part of a device cookie. Wrong passwords are counted under it.
pub type DeviceNonce = [u8; NONCE_LEN];

fn name(public_url: &PublicUrl) -> &'static str {
    if public_url.secure {
        "__Host-pm_device"
    } else {
        "pm_device"
    }
}

/// Issues a device cookie for the account with this email address.
pub fn issue(
    account: &str,
    secrets: &SecretKeys,
    public_url: &PublicUrl,
    now: DateTime<Utc>,
) -> anyhow::Result<Cookie<'static>> {
    let mut payload = [0; PAYLOAD_LEN];
    let (time, nonce) = payload.split_at_mut(TIME_LEN);
    time.copy_from_slice(&now.timestamp().to_be_bytes());
    SystemRandom::new()
        .fill(nonce)
        .map_err(|_| anyhow::anyhow!("the random source failed"))?;
    let tag = secrets.sign_device(&signed(&payload, account));
    let value = URL_SAFE_NO_PAD.encode([&payload[..], &tag].concat());
    let cookie = Cookie::build(name(public_url), value)
        .path("/")
        .http_only(true)
        .secure(public_url.secure)
        .same_site(SameSite::Strict)
        .max_age(Duration::seconds(LIFETIME.num_seconds()));
    Ok(cookie.finish())
}

/// Returns the nonce of the browser's cookie if it was issued for this account and has not expired.
/// Takes the same time whether or not the account exists.
pub fn recognize(
    request: &HttpRequest,
    account: &str,
    secrets: &SecretKeys,
    public_url: &PublicUrl,
    now: DateTime<Utc>,
) -> Option<DeviceNonce> {
    let cookie = request.cookie(name(public_url))?;
    let bytes = URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
    let (payload, tag) = bytes.split_first_chunk::<PAYLOAD_LEN>()?;
    let tag: &[u8; TAG_LEN] = tag.try_into().ok()?;
    if !secrets.device_is_ours(&signed(payload, account), tag) {
        return None;
    }
    let (time, nonce) = payload.split_first_chunk::<TIME_LEN>()?;
    let issued = DateTime::from_timestamp(i64::from_be_bytes(*time), 0)?;
    let is_current = issued <= now && now < issued + LIFETIME;
    is_current.then(|| nonce.try_into().ok()).flatten()
}

/// Returns the signed message: the fixed-length payload followed by the account.
fn signed(payload: &[u8; PAYLOAD_LEN], account: &str) -> Vec<u8> {
    [payload, account.as_bytes()].concat()
}
