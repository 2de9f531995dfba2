//! Runnable code samples of a request, in the languages of the documentation.
//!
//! Each language's module quotes its own strings, so values can't inject code. The tests run every
//! installed language with the most hostile values that we know.

mod body;
mod curl;
mod node;
mod php;
mod python;
mod ruby;
#[cfg(test)]
mod tests;
mod text;

use crate::{highlight, reference::HttpRequest};
use body::Body;

/// Environment variable from which samples read the key.
pub const KEY_VARIABLE: &str = "PENGUINMAILS_API_KEY";

/// A language of code samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// A shell command with curl.
    Curl,
    /// JavaScript with the built-in `fetch`.
    Node,
    /// Python with the `requests` package.
    Python,
    /// PHP with its curl extension.
    Php,
    /// Ruby with the built-in `net/http`.
    Ruby,
}

impl Language {
    /// All languages, in the order of the tabs.
    pub const ALL: [Self; 5] = [Self::Curl, Self::Node, Self::Python, Self::Php, Self::Ruby];

    /// Returns the name of the tab.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Curl => "cURL",
            Self::Node => "Node.js",
            Self::Python => "Python",
            Self::Php => "PHP",
            Self::Ruby => "Ruby",
        }
    }

    /// Returns the identifier used in local storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Node => "node",
            Self::Python => "python",
            Self::Php => "php",
            Self::Ruby => "ruby",
        }
    }

    /// Returns the language for syntax highlighting.
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

/// Source of the key in a sample.
#[derive(Clone, Copy)]
pub enum Key<'a> {
    /// The environment variable [`KEY_VARIABLE`].
    Variable,
    /// Written into the sample: a masked key to show, or a real one to copy.
    Text(&'a str),
}

/// Generates the sample of a request.
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
