//! Entity tags (`ETag`) and conditional requests (`If-Match`, `If-None-Match`): RFC 9110, sections
//! 8.8.3 and 13.1.

use crate::error::ApiError;
use actix_web::{
    FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder,
    dev::Payload,
    http::header::{ETag, EntityTag, Header, IfMatch, IfNoneMatch},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde::Serialize;
use shared::error::ErrorCode;
use std::future::{Ready, ready};

/// Bytes of the SHA-256 digest that a tag keeps: enough to rule out collisions.
const TAG_BYTES: usize = 16;

/// The conditions of a request that changes a resource.
#[derive(Debug, Clone, Default)]
pub struct Preconditions {
    if_match: Option<IfMatch>,
    if_none_match: Option<IfNoneMatch>,
}

impl FromRequest for Preconditions {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    /// An invalid tag is dropped and therefore never matches.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let headers = request.headers();
        let if_match = headers
            .contains_key(IfMatch::name())
            .then(|| IfMatch::parse(request).unwrap_or(IfMatch::Items(Vec::new())));
        let if_none_match = headers
            .contains_key(IfNoneMatch::name())
            .then(|| IfNoneMatch::parse(request).unwrap_or(IfNoneMatch::Items(Vec::new())));
        ready(Ok(Self {
            if_match,
            if_none_match,
        }))
    }
}

impl Preconditions {
    /// Returns `true` if the request has no conditions.
    pub fn is_empty(&self) -> bool {
        self.if_match.is_none() && self.if_none_match.is_none()
    }

    /// Returns `true` if the conditions hold for a resource with this tag; `None` for a resource
    /// that does not exist.
    pub fn hold_for(&self, tag: Option<&EntityTag>) -> bool {
        let matches = self.if_match.as_ref().is_none_or(|header| match header {
            IfMatch::Any => tag.is_some(),
            IfMatch::Items(tags) => tag.is_some_and(|tag| tags.iter().any(|it| it.strong_eq(tag))),
        });
        let matches_none = self
            .if_none_match
            .as_ref()
            .is_none_or(|header| match header {
                IfNoneMatch::Any => tag.is_none(),
                IfNoneMatch::Items(tags) => {
                    tag.is_none_or(|tag| !tags.iter().any(|it| it.weak_eq(tag)))
                }
            });
        matches && matches_none
    }

    /// Returns an error unless the conditions hold for the resource's current representation.
    /// `current` is called only if there are conditions. Call this in the transaction of the
    /// change, under its lock.
    pub fn ensure<T: Serialize>(
        &self,
        current: impl FnOnce() -> Result<Option<T>, ApiError>,
    ) -> Result<(), ApiError> {
        if self.is_empty() {
            return Ok(());
        }
        let tag = current()?.map(|view| tag_of(&view)).transpose()?;
        if self.hold_for(tag.as_ref()) {
            Ok(())
        } else {
            Err(ErrorCode::PreconditionFailed.into())
        }
    }
}

/// Computes the tag of a representation: a digest of its JSON.
fn tag_of(view: &impl Serialize) -> Result<EntityTag, ApiError> {
    let json = serde_json::to_vec(view).map_err(ApiError::internal)?;
    Ok(EntityTag::new_strong(short_digest(&json)))
}

/// Returns a truncated digest in base64url, for use as a tag.
pub fn short_digest(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, bytes).as_ref()[..TAG_BYTES])
}

/// Builds a response with a resource and its tag.
pub fn tagged_json(
    mut response: HttpResponseBuilder,
    view: &impl Serialize,
) -> Result<HttpResponse, ApiError> {
    let json = serde_json::to_vec(view).map_err(ApiError::internal)?;
    let tag = EntityTag::new_strong(short_digest(&json));
    Ok(response
        .insert_header(ETag(tag))
        .content_type("application/json")
        .body(json))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn hold(headers: &[(&'static str, &'static str)], tag: Option<&str>) -> bool {
        let mut request = TestRequest::default();
        for header in headers {
            request = request.append_header(*header);
        }
        let conditions =
            Preconditions::from_request(&request.to_http_request(), &mut Payload::None)
                .into_inner()
                .unwrap();
        let tag = tag.map(|tag| EntityTag::new_strong(tag.to_owned()));
        conditions.hold_for(tag.as_ref())
    }

    #[test]
    fn if_match_compares_strongly() {
        let m = |value| hold(&[("If-Match", value)], Some("a"));
        assert!(m("*"));
        assert!(m("\"a\""));
        assert!(m("\"b\" , \"a\""));
        assert!(!m("\"b\""));
        assert!(!m("W/\"a\""));
        assert!(!m("a"), "a tag has quotes");
        assert!(!m(""));
        assert!(!m("\"*\""));
        assert!(hold(
            &[("If-Match", "\"b\""), ("If-Match", "\"a\"")],
            Some("a")
        ));
        assert!(!hold(&[("If-Match", "*")], None));
        assert!(hold(&[], None));
    }

    #[test]
    fn if_none_match_compares_weakly() {
        let m = |value| hold(&[("If-None-Match", value)], Some("a"));
        assert!(!m("*"));
        assert!(!m("W/\"a\""));
        assert!(!m("\"b\", \"a\""));
        assert!(m("\"b\""));
        assert!(hold(&[("If-None-Match", "*")], None));
    }
}
