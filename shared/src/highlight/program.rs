//! A generic highlighter for programming languages. It covers the syntax that the code samples use.

use crate::highlight::{Part, quoted, span};

/// The syntax elements in which the languages differ.
pub struct Grammar {
    comment: &'static str,
    quotes: &'static [char],
    keywords: &'static [&'static str],
    /// First character of a variable.
    sigil: Option<char>,
    /// Separator between a member name and its value.
    arrow: &'static str,
}

pub const JAVASCRIPT: Grammar = Grammar {
    comment: "//",
    quotes: &['"', '\'', '`'],
    keywords: &[
        "const", "let", "await", "async", "new", "return", "function", "import", "from", "true",
        "false", "null", "if", "else", "for", "of", "throw",
    ],
    sigil: None,
    arrow: ":",
};

pub const PYTHON: Grammar = Grammar {
    comment: "#",
    quotes: &['"', '\''],
    keywords: &[
        "import", "from", "as", "def", "return", "if", "else", "for", "in", "with", "raise",
        "True", "False", "None",
    ],
    sigil: None,
    arrow: ":",
};

pub const PHP: Grammar = Grammar {
    comment: "//",
    quotes: &['"', '\''],
    keywords: &[
        "php", "new", "echo", "return", "function", "if", "else", "foreach", "as", "use", "true",
        "false", "null",
    ],
    sigil: Some('$'),
    arrow: "=>",
};

pub const RUBY: Grammar = Grammar {
    comment: "#",
    quotes: &['"', '\''],
    keywords: &[
        "require", "do", "end", "def", "if", "else", "return", "puts", "true", "false", "nil",
    ],
    sigil: None,
    arrow: "=>",
};

/// Splits a program into tokens.
pub fn program<'a>(grammar: &Grammar, code: &'a str) -> Vec<(Part, &'a str)> {
    let mut parts = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (part, length) = if rest.starts_with(grammar.comment) {
            (Part::Comment, span(rest, |c| c != '\n'))
        } else if grammar.quotes.contains(&first) {
            let length = quoted(rest, first);
            (name_or(grammar, Part::Text, &rest[length..]), length)
        } else if first.is_ascii_digit() {
            (
                Part::Value,
                span(rest, |c| c.is_ascii_alphanumeric() || c == '.'),
            )
        } else if is_word(first) || Some(first) == grammar.sigil {
            let length = span(rest, is_word);
            (word(grammar, &rest[..length], &rest[length..]), length)
        } else {
            let is_other = |c: char| {
                !(is_word(c)
                    || c.is_ascii_digit()
                    || grammar.quotes.contains(&c)
                    || grammar.comment.starts_with(c)
                    || Some(c) == grammar.sigil)
            };
            (Part::Plain, span(rest, is_other))
        };
        parts.push((part, &rest[..length]));
        rest = &rest[length..];
    }
    parts
}

fn word(grammar: &Grammar, word: &str, after: &str) -> Part {
    let is_variable = grammar.sigil.is_some_and(|sigil| word.starts_with(sigil));
    if grammar.keywords.contains(&word) {
        Part::Keyword
    } else if is_variable {
        Part::Value
    } else {
        name_or(grammar, Part::Plain, after)
    }
}

/// Returns [`Part::Name`] if `after` begins with the grammar's arrow, else `part`.
fn name_or(grammar: &Grammar, part: Part, after: &str) -> Part {
    let after = after.trim_start_matches(' ');
    match after.strip_prefix(grammar.arrow) {
        // `Net::HTTP` is not a member.
        Some(rest) if !rest.starts_with(':') => Part::Name,
        _ => part,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphabetic() || c.is_ascii_digit() || c == '_'
}
