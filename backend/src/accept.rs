//! Content negotiation (RFC 9110, section 12).

use actix_web::{
    HttpRequest,
    http::header::{self, Accept, Header, Quality},
    mime::{self, Mime},
};

/// Returns `true` if the client prefers Markdown to HTML. Browsers never name `text/markdown`, so a
/// client that names it gets it, unless HTML is more welcome.
pub fn prefers_markdown(request: &HttpRequest) -> bool {
    let html = Preference::of(request, "html");
    let markdown = Preference::of(request, "markdown");
    let is_named = markdown.specificity == EXACT && markdown.quality > Quality::ZERO;
    markdown.quality > html.quality || markdown.quality == html.quality && is_named
}

/// Returns `true` if the client accepts HTML.
pub fn accepts_html(request: &HttpRequest) -> bool {
    let has_preference = request.headers().contains_key(header::ACCEPT);
    !has_preference || Preference::of(request, "html").quality > Quality::ZERO
}

/// How welcome a type of text is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Preference {
    // Compared first: the most specific range decides, even if it is less welcome.
    specificity: u8,
    quality: Quality,
}

impl Preference {
    /// Reads the preference for `text/<subtype>` from the `Accept` header.
    fn of(request: &HttpRequest, subtype: &str) -> Self {
        let ranges = Accept::parse(request).map(|accept| accept.0);
        let ranges = ranges.unwrap_or_default().into_iter();
        let matching = ranges.filter_map(|range| {
            Some(Self {
                specificity: specificity(&range.item, subtype)?,
                quality: range.quality,
            })
        });
        let unwelcome = Self {
            specificity: 0,
            quality: Quality::ZERO,
        };
        matching.max().unwrap_or(unwelcome)
    }
}

const EXACT: u8 = 2;

/// Returns how exactly a media range names `text/<subtype>`; `None` if it does not match.
fn specificity(range: &Mime, subtype: &str) -> Option<u8> {
    match (range.type_(), range.subtype()) {
        (mime::TEXT, name) if name == subtype => Some(EXACT),
        (mime::TEXT, mime::STAR) => Some(1),
        (mime::STAR, mime::STAR) => Some(0),
        _ => None,
    }
}

/// Returns `true` if the client accepts this content coding.
pub fn accepts_encoding(request: &HttpRequest, name: &str) -> bool {
    let accepted = request.headers().get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|coding| {
        let (coding, quality) = coding.split_once(';').unwrap_or((coding, ""));
        coding.trim() == name && !matches!(quality.trim(), "q=0" | "q=0.0")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn accepting(accept: &str) -> HttpRequest {
        let request = TestRequest::default().insert_header((header::ACCEPT, accept));
        request.to_http_request()
    }

    #[test]
    fn browsers_get_html() {
        let request = TestRequest::default().to_http_request();
        assert!(accepts_html(&request) && !prefers_markdown(&request));
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "*/*",
            "text/*",
            "text/html, text/markdown;q=0.9",
            "text/markdown;q=0, */*",
        ] {
            let request = accepting(accept);
            assert!(
                accepts_html(&request) && !prefers_markdown(&request),
                "{accept}"
            );
        }
    }

    #[test]
    fn programs_that_name_markdown_get_it() {
        for accept in [
            "text/markdown",
            "text/markdown, text/html, */*",
            "text/html;q=0.8, text/markdown",
            "text/html;q=0, */*",
            "TEXT/Markdown; charset=utf-8, text/html;q=0.9",
            "text/markdown;q=0.2, text/*;q=0.1",
        ] {
            assert!(prefers_markdown(&accepting(accept)), "{accept}");
        }
        assert!(!accepts_html(&accepting("text/markdown")));
        assert!(accepts_html(&accepting("text/markdown, */*;q=0.1")));
    }

    #[test]
    fn others_get_neither() {
        for accept in [
            "application/json",
            "image/*",
            "",
            "text/html;q=0",
            "*/*;q=0",
        ] {
            let request = accepting(accept);
            assert!(
                !accepts_html(&request) && !prefers_markdown(&request),
                "{accept}"
            );
        }
    }
}
