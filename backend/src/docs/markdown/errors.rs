//! The error catalogue as a Markdown page.

use super::Page;
use shared::error::{CATALOGUE_PATH, ErrorCode};

/// Lists all error codes.
pub fn page() -> Page {
    let entry = |code: &ErrorCode| {
        format!(
            "## {code}\n\n{status} {title}. {message}\n\n{remedy}",
            status = code.status(),
            title = code.title(),
            message = code.message(),
            remedy = code.remedy(),
        )
    };
    let entries: Vec<_> = ErrorCode::ALL.iter().map(entry).collect();
    Page {
        path: CATALOGUE_PATH.to_owned(),
        section: Some("Guides".to_owned()),
        title: "Error codes".to_owned(),
        description: "Every error code with its HTTP status, cause and remedy.".to_owned(),
        body: format!(
            "Every error response is `application/problem+json` with a code in `error` to branch \
             on, a sentence in `message`, advice in `detail` and the request's id in \
             `request_id`.\n\n{}",
            entries.join("\n\n")
        ),
    }
}
