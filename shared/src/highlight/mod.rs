//! A minimal syntax highlighter for the languages that the dashboard shows.
//!
//! A highlighting library would ship a regex engine and its grammars to the browser.

mod program;

use program::program;

/// A language that can be highlighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Commands of a shell.
    Bash,
    /// A JSON value.
    Json,
    /// Plain text without highlighting, such as a URL.
    Text,
    /// An HTTP request: request line and headers.
    Http,
    /// A JavaScript program.
    JavaScript,
    /// A Python program.
    Python,
    /// A PHP program.
    Php,
    /// A Ruby program.
    Ruby,
}

impl Language {
    /// Maps the info string of a Markdown code block to a language; Bash is the fallback.
    pub fn of_code_block(info: &str) -> Self {
        match info {
            "json" => Self::Json,
            "http" => Self::Http,
            "javascript" => Self::JavaScript,
            "python" => Self::Python,
            "php" => Self::Php,
            "ruby" => Self::Ruby,
            _ => Self::Bash,
        }
    }
}

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Anything else.
    Plain,
    /// A command, an HTTP method or a literal such as `true`.
    Keyword,
    /// An option, a header name or a member name.
    Name,
    /// A quoted string.
    Text,
    /// A number or a variable.
    Value,
    /// A comment.
    Comment,
}

impl Part {
    /// Returns the CSS class of the token; `None` for plain text.
    pub const fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Keyword => Some("code-keyword"),
            Self::Name => Some("code-name"),
            Self::Text => Some("code-text"),
            Self::Value => Some("code-value"),
            Self::Comment => Some("code-comment"),
        }
    }
}

/// Maximum length of highlighted code, in bytes. Each token is an element of the page: tens of
/// thousands, re-rendered at each keystroke, freeze it.
const HIGHLIGHT_MAX_BYTES: usize = 32 * 1024;

/// Splits `code` into tokens. Concatenated, they are `code` again.
pub fn parts(language: Language, code: &str) -> Vec<(Part, &str)> {
    if code.len() > HIGHLIGHT_MAX_BYTES {
        return vec![(Part::Plain, code)];
    }
    match language {
        Language::Text => vec![(Part::Plain, code)],
        Language::Bash => bash(code),
        Language::Json => json(code),
        Language::Http => http(code),
        Language::JavaScript => program(&program::JAVASCRIPT, code),
        Language::Python => program(&program::PYTHON, code),
        Language::Php => program(&program::PHP, code),
        Language::Ruby => program(&program::RUBY, code),
    }
}

fn http(code: &str) -> Vec<(Part, &str)> {
    let mut parts = Vec::new();
    for (index, line) in code.split_inclusive('\n').enumerate() {
        // Headers can be shown without a request line.
        let is_before_colon = |blank| line.find(':').is_none_or(|colon| blank < colon);
        let is_request = index == 0 && line.find(' ').is_some_and(is_before_colon);
        let (separator, first) = if is_request {
            (' ', Part::Keyword)
        } else {
            (':', Part::Name)
        };
        match line.find(separator) {
            Some(end) => {
                parts.push((first, &line[..end]));
                parts.push((Part::Plain, &line[end..]));
            }
            None => parts.push((Part::Plain, line)),
        }
    }
    parts
}

fn json(code: &str) -> Vec<(Part, &str)> {
    let mut parts = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (part, length) = match first {
            '"' => {
                let length = quoted(rest, '"');
                let is_name = rest[length..].trim_start().starts_with(':');
                (if is_name { Part::Name } else { Part::Text }, length)
            }
            '-' | '0'..='9' => {
                let is_in = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
                (Part::Value, span(rest, is_in))
            }
            c if c.is_ascii_alphabetic() => {
                (Part::Keyword, span(rest, |c| c.is_ascii_alphabetic()))
            }
            _ => {
                let is_in = |c: char| !(c == '"' || c == '-' || c.is_ascii_alphanumeric());
                (Part::Plain, span(rest, is_in))
            }
        };
        parts.push((part, &rest[..length]));
        rest = &rest[length..];
    }
    parts
}

fn bash(code: &str) -> Vec<(Part, &str)> {
    let mut parts = Vec::new();
    let mut rest = code;
    // True if the next word is a command.
    let mut at_start = true;
    while let Some(first) = rest.chars().next() {
        let (part, length) = match first {
            '"' => (Part::Text, quoted(rest, first)),
            // Single quotes have no escapes.
            '\'' => (
                Part::Text,
                rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
            ),
            '#' => (Part::Comment, span(rest, |c| c != '\n')),
            c if c.is_whitespace() => (Part::Plain, span(rest, char::is_whitespace)),
            _ => {
                let length = span(rest, |c| !c.is_whitespace() && !matches!(c, '"' | '\''));
                let word = &rest[..length];
                let part = match word {
                    _ if word.starts_with('-') => Part::Name,
                    _ if word.starts_with('$') => Part::Value,
                    "\\" | "|" | "&&" => Part::Plain,
                    _ if at_start => Part::Keyword,
                    _ => Part::Plain,
                };
                (part, length)
            }
        };
        let text = &rest[..length];
        at_start = match text {
            "|" | "&&" => true,
            // A backslash at the end of a line continues the command.
            _ if text.trim().is_empty() => {
                let goes_on = parts.last().is_some_and(|(_, last)| *last == "\\");
                at_start || (text.contains('\n') && !goes_on)
            }
            _ => false,
        };
        parts.push((part, text));
        rest = &rest[length..];
    }
    parts
}

/// Returns the length in bytes of the token at the start of `text`: its first character and the
/// following ones that match `is_in`.
fn span(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    text.char_indices()
        .find(|(index, c)| *index > 0 && !is_in(*c))
        .map_or(text.len(), |(index, _)| index)
}

/// Returns the length in bytes of the quoted string at the start of `text`, quotes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return index + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(language: Language, code: &str) -> Vec<(Part, &str)> {
        let all = parts(language, code);
        let joined: String = all.iter().map(|(_, text)| *text).collect();
        assert_eq!(joined, code, "nothing is lost");
        all.into_iter()
            .filter(|(part, _)| *part != Part::Plain)
            .collect()
    }

    #[test]
    fn long_code_is_one_part() {
        let long = format!("[{}1]", "1, ".repeat(HIGHLIGHT_MAX_BYTES));
        assert_eq!(parts(Language::Json, &long), [(Part::Plain, &*long)]);
    }

    #[test]
    fn a_command_with_options_and_texts() {
        let code = "curl -X POST $URL \\\n  -H \"Authorization: Bearer a\" | jq # nice";
        assert_eq!(
            kinds(Language::Bash, code),
            [
                (Part::Keyword, "curl"),
                (Part::Name, "-X"),
                (Part::Value, "$URL"),
                (Part::Name, "-H"),
                (Part::Text, "\"Authorization: Bearer a\""),
                (Part::Keyword, "jq"),
                (Part::Comment, "# nice"),
            ]
        );
        assert_eq!(kinds(Language::Bash, "a\nb").len(), 2, "two commands");
    }

    #[test]
    fn json_names_differ_from_texts() {
        let code = r#"{"to": "a \"b\"", "n": -1.5, "ok": true, "x": []}"#;
        assert_eq!(
            kinds(Language::Json, code),
            [
                (Part::Name, "\"to\""),
                (Part::Text, r#""a \"b\"""#),
                (Part::Name, "\"n\""),
                (Part::Value, "-1.5"),
                (Part::Name, "\"ok\""),
                (Part::Keyword, "true"),
                (Part::Name, "\"x\""),
            ]
        );
    }

    #[test]
    fn a_request_has_a_method_and_headers() {
        let code = "POST /v1/emails/send\nAuthorization: Bearer pm_live_...";
        assert_eq!(
            kinds(Language::Http, code),
            [(Part::Keyword, "POST"), (Part::Name, "Authorization")]
        );
        assert_eq!(
            kinds(Language::Http, "Content-Type: application/json"),
            [(Part::Name, "Content-Type")]
        );
    }

    #[test]
    fn programs_have_words_names_texts_and_remarks() {
        assert_eq!(
            kinds(
                Language::JavaScript,
                "// a\nconst x = f({ to: \"b\", \"c\": 1 });"
            ),
            [
                (Part::Comment, "// a"),
                (Part::Keyword, "const"),
                (Part::Name, "to"),
                (Part::Text, "\"b\""),
                (Part::Name, "\"c\""),
                (Part::Value, "1"),
            ]
        );
        assert_eq!(
            kinds(Language::Php, "$a = ['to' => 'it\\'s'];"),
            [
                (Part::Value, "$a"),
                (Part::Name, "'to'"),
                (Part::Text, "'it\\'s'"),
            ]
        );
        assert_eq!(
            kinds(Language::Ruby, "request = Net::HTTP::Get.new(uri) # b"),
            [(Part::Comment, "# b")]
        );
        assert_eq!(
            kinds(Language::Python, "import os"),
            [(Part::Keyword, "import")]
        );
    }

    #[test]
    fn single_quotes_of_the_shell_know_no_escapes() {
        assert_eq!(
            kinds(Language::Bash, r"echo 'a\' b"),
            [(Part::Keyword, "echo"), (Part::Text, r"'a\'")]
        );
    }

    #[test]
    fn broken_code_and_other_scripts_are_left_whole() {
        for code in ["\"", "'ü\n", "{\"ü\": ", "", "\\", "日本 -ü"] {
            for language in [
                Language::Bash,
                Language::Json,
                Language::Http,
                Language::JavaScript,
                Language::Python,
                Language::Php,
                Language::Ruby,
            ] {
                kinds(language, code);
            }
        }
    }
}
