//! A request as code that runs as it stands, in the languages of the documentation.
//!
//! Whatever a value contains stays a value: each language's file knows how its texts
//! are written, and the tests run every language that the machine has over the nastiest
//! values that we could think of.

mod body;
mod curl;
mod node;
mod php;
mod python;
mod ruby;
#[cfg(test)]
mod tests;
mod text;

use crate::docs::{highlight, openapi::HttpRequest};
use body::Body;

/// Where samples find the key, unless it stands in them.
pub const KEY_VARIABLE: &str = "PENGUINMAILS_API_KEY";

/// A language that samples are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// A command line with curl.
    Curl,
    /// JavaScript with the built-in `fetch`.
    Node,
    /// Python with `requests`.
    Python,
    /// PHP with its curl extension.
    Php,
    /// Ruby with the built-in `net/http`.
    Ruby,
}

impl Language {
    /// Every language, as the tabs show them.
    pub const ALL: [Self; 5] = [Self::Curl, Self::Node, Self::Python, Self::Php, Self::Ruby];

    /// As a person reads it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Curl => "cURL",
            Self::Node => "Node.js",
            Self::Python => "Python",
            Self::Php => "PHP",
            Self::Ruby => "Ruby",
        }
    }

    /// As it is remembered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Node => "node",
            Self::Python => "python",
            Self::Php => "php",
            Self::Ruby => "ruby",
        }
    }

    /// How its code is coloured.
    pub const fn highlighting(self) -> highlight::Language {
        match self {
            Self::Curl => highlight::Language::Bash,
            Self::Node => highlight::Language::JavaScript,
            Self::Python => highlight::Language::Python,
            Self::Php => highlight::Language::Php,
            Self::Ruby => highlight::Language::Ruby,
        }
    }
}

/// Where the key comes from.
#[derive(Clone, Copy)]
pub enum Key<'a> {
    /// From the environment variable [`KEY_VARIABLE`].
    Variable,
    /// It stands in the sample: a masked one for the eye, or a real one to copy.
    Text(&'a str),
}

/// The request in a language.
pub fn sample(language: Language, request: &HttpRequest, key: Key<'_>) -> String {
    let body = Body::of(request);
    match language {
        Language::Curl => curl::sample(request, &body, key),
        Language::Node => node::sample(request, &body, key),
        Language::Python => python::sample(request, &body, key),
        Language::Php => php::sample(request, &body, key),
        Language::Ruby => ruby::sample(request, &body, key),
    }
}
