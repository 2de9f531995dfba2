//! Routes that requests are counted by. Their number is bounded by the route table, regardless of the
//! paths that clients request.

use actix_web::{HttpRequest, http::Method};
use shared::{
    operation::{OPERATIONS, Operation},
    usage::UNKNOWN_PATH,
};

/// Methods that are counted separately. HEAD is counted as GET.
const METHODS: [Method; 7] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::TRACE,
];

/// The route of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Route {
    /// An operation, by its index in the route table.
    Operation(usize),
    /// The path of this operation, with an unsupported method.
    OtherMethod(usize, Verb),
    /// An unknown path.
    UnknownPath(Verb),
}

/// A known method, or any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Verb(u8);

impl Route {
    /// Returns the route of a request that reached no handler. It counts for the route that it was
    /// sent to, so that an endpoint's errors include its 401 responses.
    pub fn of(request: &HttpRequest) -> Self {
        let method = request.method();
        let verb = METHODS.iter().position(|known| known == method);
        let verb = Verb(
            verb.and_then(|index| index.try_into().ok())
                .unwrap_or(u8::MAX),
        );
        let Some(path) = request.match_pattern() else {
            return Self::UnknownPath(verb);
        };
        let find = |matches: &dyn Fn(&Operation) -> bool| OPERATIONS.iter().position(matches);
        let is_called = |row: &Operation| row.path == path && row.method == method.as_str();
        if let Some(index) = find(&is_called) {
            return Self::Operation(index);
        }
        find(&|row| row.path == path).map_or(Self::UnknownPath(verb), |index| {
            Self::OtherMethod(index, verb)
        })
    }

    /// Returns the name in the database: `POST /v1/contacts`.
    pub fn name(self) -> String {
        match self {
            Self::Operation(index) => OPERATIONS[index].route(),
            Self::OtherMethod(index, verb) => format!("{} {}", verb.name(), OPERATIONS[index].path),
            Self::UnknownPath(verb) => format!("{} {UNKNOWN_PATH}", verb.name()),
        }
    }
}

impl Verb {
    /// Returns method and masked path of a request for an unknown path: `GET /v1/mails/…`.
    pub fn with_path(self, path: &str) -> String {
        format!("{} {}", self.name(), masked_path(path))
    }

    fn name(self) -> &'static str {
        METHODS
            .get(usize::from(self.0))
            .map_or("OTHER", Method::as_str)
    }
}

/// Maximum number of stored segments of an unknown path.
const SEGMENTS_MAX: usize = 5;
/// Maximum length of a stored segment, in characters.
const SEGMENT_MAX_CHARS: usize = 24;

/// Returns the first segments of an unknown path. Segments that may be an id, an address or a secret
/// are masked.
fn masked_path(path: &str) -> String {
    let mut segments = path.split('/').skip(1);
    let kept = segments.by_ref().take(SEGMENTS_MAX);
    let mut path: String = kept.flat_map(|segment| ["/", masked(segment)]).collect();
    if segments.next().is_some() {
        path.push_str("/…");
    }
    path
}

fn masked(segment: &str) -> &str {
    let is_version = matches!(segment.as_bytes(), [b'v', rest @ ..]
        if rest.len() <= 2 && rest.iter().all(u8::is_ascii_digit));
    let is_word = segment.len() <= SEGMENT_MAX_CHARS
        && segment
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b'.'));
    if is_version || is_word {
        segment
    } else {
        "…"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_and_ids_masked() {
        for kept in ["v1", "v2", "contacts", "email-events", "openapi.json", ""] {
            assert_eq!(masked(kept), kept);
        }
        for id in [
            "con_8sJd2kLm4nPq",
            "42",
            "ann@example.com",
            "v2025",
            "a%2F",
            "b\u{fc}cher",
            "pm_live_abcdefghijklmnopqrstuvwxyz",
        ] {
            assert_eq!(masked(id), "…", "{id}");
        }
    }
}
