//! Recursive descent parser. `MAX_DEPTH` bounds the recursion, `MAX_CHAIN` the length of chains.

mod expression;

use super::{
    ast::{For, Node},
    error::TemplateError,
    lexer::{Token, TokenKind, tokenize},
    meter::{MAX_CHAIN, MAX_DEPTH, Meter},
};
use std::{iter::Peekable, vec};

type Result<T> = std::result::Result<T, TemplateError>;

/// Keywords, which cannot be variable names.
const RESERVED: [&str; 9] = ["and", "else", "for", "if", "in", "is", "not", "or", "elif"];

pub fn parse<'s>(source: &'s str, meter: &mut Meter) -> Result<Vec<Node<'s>>> {
    let tokens = tokenize(source, meter)?;
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
        line: 1,
        depth: 0,
    };
    let (nodes, end) = parser.nodes()?;
    match end {
        None => Ok(nodes),
        Some(Tag { name, line }) => {
            let reason = format!("`{{% {name} %}}` stands outside of a block that it belongs to");
            Err(TemplateError::new(line, reason))
        }
    }
}

/// A tag that continues or ends a block.
struct Tag<'s> {
    name: &'s str,
    line: u32,
}

struct Parser<'s> {
    tokens: Peekable<vec::IntoIter<Token<'s>>>,
    /// Line of the last token.
    line: u32,
    depth: usize,
}

impl<'s> Parser<'s> {
    fn error<T>(&self, reason: impl Into<String>) -> Result<T> {
        Err(TemplateError::new(self.line, reason))
    }

    fn next(&mut self) -> Option<TokenKind<'s>> {
        let token = self.tokens.next()?;
        self.line = token.line;
        Some(token.kind)
    }

    fn is_symbol(&mut self, wanted: &str) -> bool {
        matches!(self.tokens.peek(), Some(Token { kind: TokenKind::Symbol(symbol), .. }) if *symbol == wanted)
    }

    fn is_name(&mut self, wanted: &str) -> bool {
        matches!(self.tokens.peek(), Some(Token { kind: TokenKind::Name(name), .. }) if *name == wanted)
    }

    /// Consumes the next token if it is this symbol.
    fn take_symbol(&mut self, wanted: &str) -> bool {
        self.is_symbol(wanted) && self.next().is_some()
    }

    /// Consumes the next token if it is this name.
    fn take_name(&mut self, wanted: &str) -> bool {
        self.is_name(wanted) && self.next().is_some()
    }

    fn expect_symbol(&mut self, wanted: &str) -> Result<()> {
        match self.next() {
            Some(TokenKind::Symbol(symbol)) if symbol == wanted => Ok(()),
            other => self.unexpected(other.as_ref(), &format!("`{wanted}`")),
        }
    }

    fn expect_name(&mut self, meaning: &str) -> Result<&'s str> {
        match self.next() {
            Some(TokenKind::Name(name)) => Ok(name),
            other => self.unexpected(other.as_ref(), meaning),
        }
    }

    fn expect_tag_end(&mut self) -> Result<()> {
        match self.next() {
            Some(TokenKind::TagEnd) => Ok(()),
            other => self.unexpected(other.as_ref(), "`%}`"),
        }
    }

    fn unexpected<T>(&self, found: Option<&TokenKind<'_>>, expected: &str) -> Result<T> {
        let found = match found {
            Some(TokenKind::Name(name)) => format!("`{name}`"),
            Some(TokenKind::Symbol(symbol)) => format!("`{symbol}`"),
            Some(TokenKind::Number(number)) => format!("`{number}`"),
            Some(TokenKind::String(_)) => "a text in quotes".to_owned(),
            Some(TokenKind::OutputEnd) => "`}}`".to_owned(),
            Some(TokenKind::TagEnd) => "`%}`".to_owned(),
            _ => "the end".to_owned(),
        };
        self.error(format!("found {found} instead of {expected}"))
    }

    /// Runs `inner` one level deeper.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return self.error(format!("this is nested more than {MAX_DEPTH} levels deep"));
        }
        self.depth += 1;
        let result = inner(self)?;
        self.depth -= 1;
        Ok(result)
    }

    /// Returns an error if a chain of this length cannot grow.
    fn link(&self, length: usize) -> Result<()> {
        if length >= MAX_CHAIN {
            return self.error(format!("more than {MAX_CHAIN} of these follow one another"));
        }
        Ok(())
    }

    /// Parses nodes up to the end of the template, or to a tag that continues or ends a block. The
    /// parser is then positioned after the tag's name.
    fn nodes(&mut self) -> Result<(Vec<Node<'s>>, Option<Tag<'s>>)> {
        let mut nodes = Vec::new();
        loop {
            match self.next() {
                None => return Ok((nodes, None)),
                Some(TokenKind::Text(text)) => nodes.push(Node::Text(text, self.line)),
                Some(TokenKind::OutputStart) => {
                    nodes.push(Node::Output(self.expression()?));
                    match self.next() {
                        Some(TokenKind::OutputEnd) => {}
                        other => return self.unexpected(other.as_ref(), "`}}`"),
                    }
                }
                Some(TokenKind::TagStart) => {
                    let name = self.expect_name("the name of a tag")?;
                    let line = self.line;
                    match name {
                        "if" => nodes.push(self.deeper(|it| it.if_block(line))?),
                        "for" => nodes.push(self.deeper(|it| it.for_block(line))?),
                        "elif" | "else" | "endif" | "endfor" => {
                            return Ok((nodes, Some(Tag { name, line })));
                        }
                        _ => {
                            return self.error(format!(
                                "there is no tag `{name}`. Use if, elif, else, endif, for, endfor, \
                                 raw or endraw"
                            ));
                        }
                    }
                }
                Some(other) => return self.unexpected(Some(&other), "text"),
            }
        }
    }

    fn if_block(&mut self, begins_at: u32) -> Result<Node<'s>> {
        let mut branches = Vec::new();
        let mut end = Tag {
            name: "elif",
            line: begins_at,
        };
        while end.name == "elif" {
            self.link(branches.len())?;
            let condition = self.expression()?;
            self.expect_tag_end()?;
            let (body, next) = self.nodes()?;
            branches.push((condition, body));
            end = Self::ended(next, "if", begins_at)?;
        }
        let mut otherwise = Vec::new();
        if end.name == "else" {
            self.expect_tag_end()?;
            let (body, next) = self.nodes()?;
            otherwise = body;
            end = Self::ended(next, "if", begins_at)?;
        }
        Self::must_end(&end, "endif")?;
        self.expect_tag_end()?;
        Ok(Node::If {
            branches,
            otherwise,
        })
    }

    fn for_block(&mut self, begins_at: u32) -> Result<Node<'s>> {
        let mut item = self.variable_name()?;
        let mut key = None;
        if self.take_symbol(",") {
            key = Some(item);
            item = self.variable_name()?;
        }
        if !self.take_name("in") {
            let next = self.next();
            return self.unexpected(next.as_ref(), "`in`");
        }
        let list = self.expression()?;
        self.expect_tag_end()?;
        let (body, next) = self.nodes()?;
        let mut end = Self::ended(next, "for", begins_at)?;
        let mut otherwise = Vec::new();
        if end.name == "else" {
            self.expect_tag_end()?;
            let (body, next) = self.nodes()?;
            otherwise = body;
            end = Self::ended(next, "for", begins_at)?;
        }
        Self::must_end(&end, "endfor")?;
        self.expect_tag_end()?;
        Ok(Node::For(Box::new(For {
            line: begins_at,
            key,
            item,
            list,
            body,
            otherwise,
        })))
    }

    fn ended(end: Option<Tag<'s>>, block: &str, begins_at: u32) -> Result<Tag<'s>> {
        end.ok_or_else(|| {
            let reason = format!("`{{% {block} %}}` has no `{{% end{block} %}}`");
            TemplateError::new(begins_at, reason)
        })
    }

    fn must_end(end: &Tag<'_>, wanted: &str) -> Result<()> {
        if end.name == wanted {
            return Ok(());
        }
        let reason = format!("found `{{% {} %}}` instead of `{{% {wanted} %}}`", end.name);
        Err(TemplateError::new(end.line, reason))
    }

    fn variable_name(&mut self) -> Result<&'s str> {
        let name = self.expect_name("the name of a variable")?;
        if RESERVED.contains(&name) {
            return self.error(format!("`{name}` cannot be the name of a variable"));
        }
        Ok(name)
    }
}
