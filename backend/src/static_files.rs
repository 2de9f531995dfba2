//! Serves the dashboard from the binary: files compressed at build time, with caching and security
//! headers.

use crate::{
    accept::{accepts_encoding, accepts_html, prefers_markdown},
    docs::{API_CATALOG_LINK, Data, MARKDOWN_SUFFIX, frame, gzip, title},
    error::ApiError,
    middleware::{
        routed_path::{is_api, is_within, routed_path},
        session::signed_in,
    },
    state::AppState,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{self, HeaderValue},
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::digest;
use rust_embed::{EmbeddedFile, RustEmbed};
use shared::{docs::DOCS, error::ErrorCode, role::Role};
use std::{
    fmt::Write,
    sync::{OnceLock, atomic::Ordering},
};

/// The output of `trunk build` in `dist/`. Debug builds read it at run time.
#[derive(RustEmbed)]
#[folder = "../dist"]
#[allow_missing = true]
struct Dist;

const PAGE: &str = "index.html";

/// Place of documents for programs (RFC 8615), where no page is.
const WELL_KNOWN: &str = "/.well-known";

/// Where the page shows that the program is loading.
const BOOT: &str = "<div id=\"boot\"";

const TITLE: &str = "<title>PenguinMails</title>";

/// Responds with a file of the dashboard, or with its page for any other URL that a browser opens;
/// the page then handles the route. Pages of the documentation are also served as Markdown: at
/// their URL with `.md`, and to clients that prefer it.
pub async fn file_or_page(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let path = routed_path(&request).trim_start_matches('/');
    // Leading slashes are ignored: `//api/…` was meant for the API.
    if is_api(&format!("/{path}")) {
        return Err(ErrorCode::NotFound.into());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(ErrorCode::MethodNotAllowed.into());
    }
    if !path.is_empty() && path != PAGE && Dist::get(path).is_some() {
        return Ok(serve(&request, path));
    }
    let path = format!("/{path}");
    if let Some(response) = markdown(&request, &path)? {
        return Ok(response);
    }
    if is_asset(&path) || is_within(&path, WELL_KNOWN) || !accepts_html(&request) {
        return Err(ErrorCode::NotFound.into());
    }
    page(&request).await
}

/// Responds with a page of the documentation as Markdown, if the client wants that.
fn markdown(request: &HttpRequest, path: &str) -> Result<Option<HttpResponse>, ApiError> {
    let by_suffix = path.strip_suffix(MARKDOWN_SUFFIX);
    if !is_within(by_suffix.unwrap_or(path), DOCS) {
        return Ok(None);
    }
    let docs = &AppState::of(request)?.docs;
    let no_such_page = || {
        ApiError::new(ErrorCode::NotFound)
            .message("The documentation has no such page in Markdown.")
            .detail("See /llms.txt for the list of all pages.")
    };
    if let Some(page) = by_suffix {
        let document = docs.markdown(page).ok_or_else(no_such_page)?;
        return Ok(Some(document.current(request)));
    }
    if !prefers_markdown(request) {
        return Ok(None);
    }
    let path = path.trim_end_matches('/');
    let document = docs.markdown(path).ok_or_else(no_such_page)?;
    let mut response = document.negotiated(request);
    let location = HeaderValue::try_from(format!("{path}{MARKDOWN_SUFFIX}"));
    let location = location.map_err(ApiError::internal)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LOCATION, location);
    Ok(Some(response))
}

fn is_asset(path: &str) -> bool {
    path.rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'))
}

/// Renders the dashboard's page. For signed-in visits of a guide or an operation it contains the
/// article, which can be read before the program is loaded.
async fn page(request: &HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(file) = Dist::get(PAGE) else {
        return Ok(without_dashboard());
    };
    let state = AppState::of(request)?;
    let data = &state.docs.made().data;
    let path = routed_path(request).trim_end_matches('/');
    let article = match data.article(path) {
        Some(article) if may_read(state, request).await => Some(article),
        _ => None,
    };
    let page = String::from_utf8_lossy(&file.data);
    let page = page.replacen(
        TITLE,
        &format!("{}{}{TITLE}", entry_hint(state), hints(path, data)),
        1,
    );
    let page = match article {
        Some(article) => page
            .replacen(TITLE, &format!("<title>{}</title>", title(article)), 1)
            .replacen(BOOT, &format!("{}{BOOT}", frame(data, article, path)), 1),
        None => page,
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((header::VARY, "Accept, Accept-Encoding, Cookie"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, content_security_policy()))
        .append_header((header::LINK, API_CATALOG_LINK));
    if state.docs.markdown(path).is_some() {
        let link = format!("<{path}{MARKDOWN_SUFFIX}>; rel=\"alternate\"; type=\"text/markdown\"");
        response.append_header((header::LINK, link));
    }
    match gzip(page.as_bytes()) {
        Some(packed) if accepts_encoding(request, "gzip") => Ok(response
            .insert_header((header::CONTENT_ENCODING, "gzip"))
            .body(packed)),
        _ => Ok(response.body(page)),
    }
}

/// Returns `true` if the dashboard would show documentation to this visitor. The program decides
/// again, so an unreachable database only delays the article.
async fn may_read(state: &AppState, request: &HttpRequest) -> bool {
    let signed_in = signed_in(state, request).await.ok().flatten();
    signed_in.is_some_and(|signed_in| {
        let role = signed_in.user.role();
        role.is_ok_and(|role| role >= Role::Developer)
    })
}

/// Tells the sign-in page that no account exists yet, or that it can offer those of the
/// demonstration.
fn entry_hint(state: &AppState) -> &'static str {
    if state.setup_token.lock().is_some() {
        "<meta name=\"entry\" content=\"first-start\">"
    } else if state.is_demo.load(Ordering::Relaxed) {
        "<meta name=\"entry\" content=\"demo\">"
    } else {
        ""
    }
}

/// Renders the URL of the documentation's data, and preloads what the page at `path` needs of it
/// while the program is still loading.
fn hints(path: &str, data: &Data) -> String {
    let root = format!("/docs/data/{}", data.hash());
    let mut hints = format!("<meta name=\"docs-data\" content=\"{root}\">");
    let Some(page) = path.strip_prefix(DOCS) else {
        return hints;
    };
    let operation = page
        .strip_prefix("/endpoints/")
        .and_then(|page| page.split_once('/'));
    let operation = operation.map(|(_, id)| format!("operations/{id}.json"));
    let needed = operation.filter(|name| data.file(name).is_some());
    for name in needed.iter().map(String::as_str).chain(["index.json"]) {
        // Writing to a String cannot fail.
        let _ = write!(
            hints,
            "<link rel=\"preload\" href=\"{root}/{name}\" as=\"fetch\" crossorigin=\"anonymous\">"
        );
    }
    hints
}

fn without_dashboard() -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .content_type("text/plain; charset=utf-8")
        .body("This binary was built without the dashboard. Build it with `make build`.\n")
}

fn serve(request: &HttpRequest, path: &str) -> HttpResponse {
    let Some((file, encoding)) = best_variant(request, path) else {
        return without_dashboard();
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type(content_type(path))
        // A web worker runs under the policy of its script's response.
        .insert_header((header::CONTENT_SECURITY_POLICY, content_security_policy()))
        .insert_header((header::VARY, "Accept-Encoding"));
    if let Some(encoding) = encoding {
        response.insert_header((header::CONTENT_ENCODING, encoding));
    }
    if is_hashed(path) {
        response.insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    } else {
        response.insert_header((header::CACHE_CONTROL, "public, max-age=3600"));
    }
    response.body(file.data.into_owned())
}

/// Returns the media type of a file, with the charset for text.
fn content_type(path: &str) -> String {
    let media_type = mime_guess::from_path(path).first_or_octet_stream();
    let is_text = media_type.type_() == "text" || media_type.suffix().is_some_and(|it| it == "xml");
    if is_text {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_string()
    }
}

/// Returns the smallest variant of a file that the browser accepts.
fn best_variant(request: &HttpRequest, path: &str) -> Option<(EmbeddedFile, Option<&'static str>)> {
    for (encoding, suffix) in [("br", "br"), ("gzip", "gz")] {
        if accepts_encoding(request, encoding)
            && let Some(file) = Dist::get(&format!("{path}.{suffix}"))
        {
            return Some((file, Some(encoding)));
        }
    }
    Dist::get(path).map(|file| (file, None))
}

/// Returns `true` if a file's URL changes with its content: its name or directory contains a hash
/// of 8 bytes, which trunk writes in hex without the leading zero of each byte.
fn is_hashed(path: &str) -> bool {
    let is_hash = |part: &str| {
        let part = part.strip_suffix("_bg").unwrap_or(part);
        (12..=16).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    path.split(['/', '-', '.']).any(is_hash)
}

/// Allows no external resources, and no inline code except the page's scripts, by their hashes.
fn content_security_policy() -> HeaderValue {
    static POLICY: OnceLock<HeaderValue> = OnceLock::new();
    let policy = || {
        let page = Dist::get(PAGE)
            .map(|page| page.data.into_owned())
            .unwrap_or_default();
        let mut policy = String::from("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
        for script in inline_scripts(&String::from_utf8_lossy(&page)) {
            let hash = STANDARD.encode(digest::digest(&digest::SHA256, script.as_bytes()));
            // Writing to a String cannot fail.
            let _ = write!(policy, " 'sha256-{hash}'");
        }
        policy.push_str(
            "; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
             manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        );
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    };
    // A debug build may get a new page at run time.
    if cfg!(debug_assertions) {
        policy()
    } else {
        POLICY.get_or_init(policy).clone()
    }
}

fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=") && !script.is_empty()).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_recognised() {
        assert!(is_hashed("frontend-1a2b3c4d5e6f7a8b_bg.wasm"));
        assert!(is_hashed("base-1a2b3c4d5e6f7a8b.css"));
        assert!(is_hashed("keys-e0373e9b134cc4.css"));
        assert!(is_hashed("frontend-1a2b3c4d5e6f7a8b/chunk_4.wasm"));
        assert!(!is_hashed("favicon.svg"));
    }

    #[test]
    fn text_says_its_charset() {
        for (path, expected) in [
            ("keys-e0373e9b134cc4.css", "text/css; charset=utf-8"),
            ("frontend.js", "text/javascript; charset=utf-8"),
            ("favicon.svg", "image/svg+xml; charset=utf-8"),
            ("chunk_4.wasm", "application/wasm"),
            ("unknown", "application/octet-stream"),
        ] {
            assert_eq!(content_type(path), expected);
        }
    }

    #[test]
    fn inline_scripts_are_found() {
        let page = "<script src=/a.js></script><script type=\"module\">go()</script>";
        assert_eq!(inline_scripts(page).collect::<Vec<_>>(), ["go()"]);
    }
}
