//! A static document, hashed and compressed once.

use crate::accept::accepts_encoding;
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ETag, EntityTag, Header, HttpDate, IfNoneMatch},
    web::Bytes,
};
use chrono::NaiveDate;
use flate2::{Compression, write::GzEncoder};
use ring::digest;
use std::{io::Write, sync::OnceLock, time::SystemTime};

/// Hexadecimal digits of the SHA-256 that are part of the URL.
const HASH_DIGITS: usize = 16;

/// A document with its compressed form and caching headers.
pub struct Published {
    content_type: &'static str,
    plain: Bytes,
    /// Compressed on first use; `None` if that fails.
    gzip: OnceLock<Option<Bytes>>,
    hash: String,
    changed: Option<HttpDate>,
}

impl Published {
    /// Hashes `plain`, which last changed on the date `changed`.
    pub fn new(content_type: &'static str, plain: Vec<u8>, changed: Option<NaiveDate>) -> Self {
        let midnight = changed.map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc());
        Self {
            content_type,
            gzip: OnceLock::new(),
            hash: hash(&plain),
            plain: plain.into(),
            changed: midnight.map(|at| HttpDate::from(SystemTime::from(at))),
        }
    }

    /// Returns the first 16 hexadecimal digits of the document's SHA-256.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Responds at a URL with the hash in it; clients cache the response permanently.
    pub fn forever(&self, request: &HttpRequest) -> HttpResponse {
        self.answer(
            request,
            "public, max-age=31536000, immutable",
            "Accept-Encoding",
        )
    }

    /// Responds at a stable URL; clients revalidate the response each time.
    pub fn current(&self, request: &HttpRequest) -> HttpResponse {
        self.revalidated(request, "Accept-Encoding")
    }

    /// Like [`Self::current`], at the URL of a page that has other representations too.
    pub fn negotiated(&self, request: &HttpRequest) -> HttpResponse {
        self.revalidated(request, "Accept, Accept-Encoding")
    }

    fn revalidated(&self, request: &HttpRequest, vary: &'static str) -> HttpResponse {
        let etag = self.etag();
        let is_known = match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => request.headers().contains_key(header::IF_NONE_MATCH),
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&etag)),
            Err(_) => false,
        };
        if is_known {
            return HttpResponse::NotModified()
                .insert_header(ETag(etag))
                .insert_header((header::CACHE_CONTROL, "no-cache"))
                .insert_header((header::VARY, vary))
                .finish();
        }
        self.answer(request, "no-cache", vary)
    }

    /// A weak tag, because the compressed and the plain form differ in bytes.
    fn etag(&self) -> EntityTag {
        EntityTag::new_weak(self.hash.clone())
    }

    fn answer(
        &self,
        request: &HttpRequest,
        caching: &'static str,
        vary: &'static str,
    ) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            .content_type(self.content_type)
            .insert_header(ETag(self.etag()))
            .insert_header((header::CACHE_CONTROL, caching))
            .insert_header((header::VARY, vary));
        if let Some(changed) = self.changed {
            response.insert_header((header::LAST_MODIFIED, changed));
        }
        let gzip = || self.gzip.get_or_init(|| gzip(&self.plain).map(Bytes::from));
        match accepts_encoding(request, "gzip").then(gzip) {
            Some(Some(gzip)) => response
                .insert_header((header::CONTENT_ENCODING, "gzip"))
                .body(gzip.clone()),
            _ => response.body(self.plain.clone()),
        }
    }
}

/// Returns the first 16 hexadecimal digits of the SHA-256.
pub fn hash(content: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, content);
    let digits = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    let mut hash: String = digits.collect();
    hash.truncate(HASH_DIGITS);
    hash
}

/// Compresses at the highest level. `None` only if memory allocation fails.
pub fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}
