//! Splits a template into tokens, in one pass without recursion.

use super::{
    error::TemplateError,
    meter::{MAX_NAME_CHARS, MAX_TOKENS, Meter},
};
use serde_json::Number;
use std::borrow::Cow;

type Result<T> = std::result::Result<T, TemplateError>;

/// Maximum length of a number in characters.
const MAX_NUMBER_CHARS: usize = 30;
const UNCLOSED_COMMENT: &str = "`{#` begins a comment that does not end with `#}`. In CSS, write \
    a blank between `{` and `#`, or put the style between `{% raw %}` and `{% endraw %}`";

#[derive(Debug)]
pub struct Token<'s> {
    pub line: u32,
    pub kind: TokenKind<'s>,
}

#[derive(Debug)]
pub enum TokenKind<'s> {
    /// Text outside of `{{ }}` and `{% %}`.
    Text(&'s str),
    OutputStart,
    OutputEnd,
    TagStart,
    TagEnd,
    Name(&'s str),
    String(Cow<'s, str>),
    Number(Number),
    Symbol(&'static str),
}

pub fn tokenize<'s>(source: &'s str, meter: &mut Meter) -> Result<Vec<Token<'s>>> {
    // As in Jinja2, the newline at the end of a file is not part of the text.
    let source = source.strip_suffix('\n').unwrap_or(source);
    let source = source.strip_suffix('\r').unwrap_or(source);
    let mut lexer = Lexer {
        source,
        at: 0,
        line: 1,
        trim_next: false,
        tokens: Vec::new(),
        meter,
    };
    while lexer.at < source.len() {
        lexer.text_and_opening()?;
    }
    Ok(lexer.tokens)
}

struct Lexer<'s, 'm> {
    source: &'s str,
    at: usize,
    line: u32,
    /// Set if the last tag ended with `-`: the white space after it is dropped.
    trim_next: bool,
    tokens: Vec<Token<'s>>,
    meter: &'m mut Meter,
}

impl<'s> Lexer<'s, '_> {
    fn error<T>(&self, reason: impl Into<String>) -> Result<T> {
        Err(TemplateError::new(self.line, reason))
    }

    fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    fn push(&mut self, kind: TokenKind<'s>) -> Result<()> {
        if self.tokens.len() >= MAX_TOKENS {
            let reason = format!("the template has more than {MAX_TOKENS} names and signs");
            return self.error(reason);
        }
        self.meter.step(self.line, 0)?;
        let line = self.line;
        self.tokens.push(Token { line, kind });
        Ok(())
    }

    /// Advances by this number of bytes, counting lines.
    fn advance(&mut self, bytes: usize) {
        let passed = &self.source[self.at..self.at + bytes];
        let lines = passed.matches('\n').count();
        self.line = self
            .line
            .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.at += bytes;
    }

    /// Reads text up to the next `{{`, `{%` or `{#`, and that tag's content.
    fn text_and_opening(&mut self) -> Result<()> {
        let rest = self.rest();
        let opening = next_opening(rest);
        let end = opening.unwrap_or(rest.len());
        let trims = rest.as_bytes().get(end + 2) == Some(&b'-');
        self.text(end, trims)?;
        let Some(_) = opening else { return Ok(()) };
        let marker = &self.rest()[..2];
        if marker == "{#" {
            return self.comment();
        }
        if marker == "{%"
            && let Some(length) = tag_length(self.rest(), "raw")
        {
            return self.raw(length);
        }
        let is_output = marker == "{{";
        self.push(if is_output {
            TokenKind::OutputStart
        } else {
            TokenKind::TagStart
        })?;
        self.advance(2 + usize::from(trims));
        let end = if is_output { "}}" } else { "%}" };
        self.inside(end)
    }

    fn text(&mut self, bytes: usize, trim_end: bool) -> Result<()> {
        let mut text = &self.rest()[..bytes];
        self.meter.step(self.line, bytes)?;
        if std::mem::take(&mut self.trim_next) {
            text = text.trim_start();
        }
        if trim_end {
            text = text.trim_end();
        }
        if !text.is_empty() {
            self.push(TokenKind::Text(text))?;
        }
        self.advance(bytes);
        Ok(())
    }

    fn comment(&mut self) -> Result<()> {
        let inside = &self.rest()[2..];
        let Some(length) = inside.find("#}") else {
            return self.error(UNCLOSED_COMMENT);
        };
        let comment = &inside[..length];
        // CSS, not a comment: `@media print{#menu{display:none}}` with a real comment further down.
        let looks_like_css = comment.starts_with(|first: char| first.is_alphabetic())
            && comment.contains(['{', '}', ';']);
        if looks_like_css {
            return self.error(UNCLOSED_COMMENT);
        }
        self.meter.step(self.line, length)?;
        self.trim_next = comment.ends_with('-');
        self.advance(length + 4);
        Ok(())
    }

    /// Reads text between `{% raw %}` and `{% endraw %}`.
    fn raw(&mut self, tag: usize) -> Result<()> {
        let begins_at = self.line;
        self.trim_next = self.rest()[..tag].ends_with("-%}");
        self.advance(tag);
        let rest = self.rest();
        let mut search = 0;
        while let Some(found) = rest[search..].find("{%") {
            let at = search + found;
            if let Some(length) = tag_length(&rest[at..], "endraw") {
                let ending = &rest[at..at + length];
                let trims = ending.starts_with("{%-");
                let trim_next = ending.ends_with("-%}");
                self.text(at, trims)?;
                self.advance(length);
                self.trim_next = trim_next;
                return Ok(());
            }
            search = at + 2;
        }
        Err(TemplateError::new(
            begins_at,
            "`{% raw %}` has no `{% endraw %}`",
        ))
    }

    /// Reads the tokens of an expression or tag up to its end.
    fn inside(&mut self, end: &'static str) -> Result<()> {
        let begins_at = self.line;
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            self.advance(blank);
            let rest = self.rest();
            let Some(first) = rest.chars().next() else {
                let start = if end == "}}" { "{{" } else { "{%" };
                let reason = format!("`{start}` has no `{end}`");
                return Err(TemplateError::new(begins_at, reason));
            };
            let trims = rest.starts_with('-') && rest[1..].starts_with(end);
            if trims || rest.starts_with(end) {
                self.push(if end == "}}" {
                    TokenKind::OutputEnd
                } else {
                    TokenKind::TagEnd
                })?;
                self.advance(end.len() + usize::from(trims));
                self.trim_next = trims;
                return Ok(());
            }
            match first {
                '"' | '\'' => self.string(first)?,
                '0'..='9' => self.number()?,
                '_' => self.name()?,
                _ if unicode_ident::is_xid_start(first) => self.name()?,
                _ => self.symbol(first, end)?,
            }
        }
    }

    fn name(&mut self) -> Result<()> {
        let rest = self.rest();
        let mut length = 0;
        let mut chars = 0;
        for next in rest.chars().take(MAX_NAME_CHARS + 1) {
            if !unicode_ident::is_xid_continue(next) {
                break;
            }
            length += next.len_utf8();
            chars += 1;
        }
        let name = &rest[..length];
        if chars > MAX_NAME_CHARS {
            let reason = format!("a name has more than {MAX_NAME_CHARS} characters");
            return self.error(reason);
        }
        self.push(TokenKind::Name(name))?;
        self.advance(name.len());
        Ok(())
    }

    fn number(&mut self) -> Result<()> {
        let rest = self.rest();
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let mut length = digits(rest);
        if rest[length..].starts_with('.') {
            let decimals = digits(&rest[length + 1..]);
            if decimals > 0 {
                length += 1 + decimals;
            }
        }
        let text = &rest[..length];
        let number = (length <= MAX_NUMBER_CHARS).then(|| serde_json::from_str(text));
        let Some(Ok(number)) = number else {
            let shown: String = text.chars().take(MAX_NUMBER_CHARS).collect();
            return self.error(format!("`{shown}` is not a number"));
        };
        self.push(TokenKind::Number(number))?;
        self.advance(length);
        Ok(())
    }

    fn string(&mut self, quote: char) -> Result<()> {
        let inside = &self.rest()[1..];
        let mut escaped = false;
        let end = inside.char_indices().find(|(_, next)| {
            let ends = *next == quote && !escaped;
            escaped = *next == '\\' && !escaped;
            ends
        });
        let Some((length, _)) = end else {
            return self.error(format!("a text begins with {quote} and does not end"));
        };
        self.meter.step(self.line, length)?;
        let text = unescape(&inside[..length]);
        if let Cow::Owned(text) = &text {
            self.meter.create(self.line, text.len())?;
        }
        self.push(TokenKind::String(text))?;
        self.advance(length + 2);
        Ok(())
    }

    fn symbol(&mut self, first: char, end: &str) -> Result<()> {
        const SYMBOLS: [&str; 16] = [
            "==", "!=", "<=", ">=", "=", "<", ">", ".", "[", "]", "(", ")", ",", "|", "~", "-",
        ];
        let rest = self.rest();
        if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            self.push(TokenKind::Symbol(symbol))?;
            self.advance(symbol.len());
            return Ok(());
        }
        self.error(match first {
            '+' | '*' | '/' | '%' => {
                format!("templates cannot calculate (`{first}`). Send the result as a variable")
            }
            '}' => format!("`}}` stands alone here. End with `{end}`"),
            _ => format!("`{first}` is not part of the template language"),
        })
    }
}

/// Returns the position of the next `{{`, `{%` or `{#`.
fn next_opening(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_opening = |at: &usize| matches!(bytes.get(at + 1), Some(b'{' | b'%' | b'#'));
    text.match_indices('{').map(|(at, _)| at).find(is_opening)
}

/// Returns the length of the tag at the beginning of the text if it is exactly this one:
/// `{%- raw %}`.
fn tag_length(text: &str, name: &str) -> Option<usize> {
    let rest = text.strip_prefix("{%")?;
    let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start();
    let rest = rest.strip_prefix(name)?.trim_start();
    let rest = rest.strip_prefix('-').unwrap_or(rest).strip_prefix("%}")?;
    Some(text.len() - rest.len())
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(next) = chars.next() {
        match (next, next == '\\') {
            (_, true) => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some('t') => plain.push('\t'),
                Some(other) => plain.push(other),
                None => {}
            },
            (other, false) => plain.push(other),
        }
    }
    Cow::Owned(plain)
}
