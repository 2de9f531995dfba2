//! Expressions: operators in ascending precedence, then chains and primary values.

use super::{Parser, RESERVED, Result};
use crate::mail::template::{
    ast::{Choice, Comparison, Expr, ExprKind, Filter, Step, Test},
    lexer::TokenKind,
    value::Value,
};
use std::borrow::Cow;

impl<'s> Parser<'s> {
    fn expr(&self, kind: ExprKind<'s>) -> Expr<'s> {
        Expr {
            line: self.line,
            kind,
        }
    }

    /// Parses `value if condition else otherwise`, or an operand of it.
    pub fn expression(&mut self) -> Result<Expr<'s>> {
        self.deeper(|it| {
            let value = it.chain_of("or", ExprKind::Or, |it| {
                it.chain_of("and", ExprKind::And, Self::not)
            })?;
            if !it.take_name("if") {
                return Ok(value);
            }
            let condition = it.chain_of("or", ExprKind::Or, |it| {
                it.chain_of("and", ExprKind::And, Self::not)
            })?;
            let otherwise = if it.take_name("else") {
                Some(it.expression()?)
            } else {
                None
            };
            Ok(it.expr(ExprKind::Choice(Box::new(Choice {
                condition,
                value,
                otherwise,
            }))))
        })
    }

    /// Parses operands separated by this keyword.
    fn chain_of(
        &mut self,
        word: &str,
        kind: fn(Vec<Expr<'s>>) -> ExprKind<'s>,
        operand: impl Fn(&mut Self) -> Result<Expr<'s>>,
    ) -> Result<Expr<'s>> {
        let first = operand(self)?;
        if !self.is_name(word) {
            return Ok(first);
        }
        let mut operands = vec![first];
        while self.take_name(word) {
            self.link(operands.len())?;
            operands.push(operand(self)?);
        }
        Ok(self.expr(kind(operands)))
    }

    fn not(&mut self) -> Result<Expr<'s>> {
        let mut count = 0;
        while self.take_name("not") {
            self.link(count)?;
            count += 1;
        }
        let operand = self.comparison()?;
        if count == 0 {
            return Ok(operand);
        }
        let once = self.expr(ExprKind::Not(Box::new(operand)));
        if count % 2 == 1 {
            return Ok(once);
        }
        Ok(self.expr(ExprKind::Not(Box::new(once))))
    }

    fn comparison(&mut self) -> Result<Expr<'s>> {
        let left = self.concat()?;
        let Some((comparison, negated)) = self.take_comparison()? else {
            return Ok(left);
        };
        let compared = if comparison == Comparison::In && self.take_symbol("[") {
            let list = self.arguments("]")?;
            self.expr(ExprKind::InList(Box::new(left), list))
        } else {
            let right = self.concat()?;
            self.expr(ExprKind::Compare(
                Box::new(left),
                comparison,
                Box::new(right),
            ))
        };
        if self.take_comparison()?.is_some() {
            return self.error("write `and` between two comparisons");
        }
        Ok(if negated {
            self.expr(ExprKind::Not(Box::new(compared)))
        } else {
            compared
        })
    }

    /// Consumes a comparison operator. The flag is `true` for `not in`.
    fn take_comparison(&mut self) -> Result<Option<(Comparison, bool)>> {
        for (symbol, comparison) in [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ] {
            if self.take_symbol(symbol) {
                return Ok(Some((comparison, false)));
            }
        }
        let negated = self.take_name("not");
        if self.take_name("in") {
            return Ok(Some((Comparison::In, negated)));
        }
        if negated {
            return self.error("write `not` before what it negates");
        }
        Ok(None)
    }

    fn concat(&mut self) -> Result<Expr<'s>> {
        let first = self.chain()?;
        if !self.is_symbol("~") {
            return Ok(first);
        }
        let mut operands = vec![first];
        while self.take_symbol("~") {
            self.link(operands.len())?;
            operands.push(self.chain()?);
        }
        Ok(self.expr(ExprKind::Concat(operands)))
    }

    /// Parses a value with members, filters and tests.
    fn chain(&mut self) -> Result<Expr<'s>> {
        let base = self.primary()?;
        let mut steps = Vec::new();
        loop {
            let step = if self.take_symbol(".") {
                self.member()?
            } else if self.take_symbol("[") {
                let index = self.expression()?;
                self.expect_symbol("]")?;
                Step::Index(index)
            } else if self.take_symbol("|") {
                self.filter()?
            } else if self.take_name("is") {
                self.test()?
            } else if self.is_symbol("(") {
                return self.error("templates cannot call functions");
            } else {
                break;
            };
            self.link(steps.len())?;
            steps.push(step);
        }
        if steps.is_empty() {
            return Ok(base);
        }
        Ok(self.expr(ExprKind::Chain(Box::new(base), steps)))
    }

    fn member(&mut self) -> Result<Step<'s>> {
        match self.next() {
            Some(TokenKind::Name(name)) => Ok(Step::Member(name)),
            Some(TokenKind::Number(number)) => {
                let index = ExprKind::Literal(Value::Number(Cow::Owned(number)));
                Ok(Step::Index(self.expr(index)))
            }
            other => self.unexpected(other.as_ref(), "the name of a member"),
        }
    }

    fn filter(&mut self) -> Result<Step<'s>> {
        let name = self.expect_name("the name of a filter")?;
        let Some(filter) = Filter::find(name) else {
            let known = Filter::NAMES.join(", ");
            return self.error(format!("there is no filter `{name}`. Use one of {known}"));
        };
        let arguments = if self.take_symbol("(") {
            self.arguments(")")?
        } else {
            Vec::new()
        };
        let (min, max) = filter.arguments();
        if !(min..=max).contains(&arguments.len()) {
            let wanted = match (min, max) {
                (0, 0) => "no arguments".to_owned(),
                (0, max) => format!("at most {max}"),
                (min, _) => format!("exactly {min}"),
            };
            return self.error(format!("the filter `{name}` takes {wanted}"));
        }
        Ok(Step::Filter(filter, arguments))
    }

    fn test(&mut self) -> Result<Step<'s>> {
        let negated = self.take_name("not");
        let name = self.expect_name("the name of a test")?;
        // `is undefined` is a synonym of `is not defined` in Jinja2.
        let (name, negated) = match name {
            "undefined" => ("defined", !negated),
            "None" | "null" => ("none", negated),
            _ => (name, negated),
        };
        let Some(test) = Test::find(name) else {
            let known = Test::NAMES.join(" or ");
            return self.error(format!("there is no test `{name}`. Use {known}"));
        };
        Ok(Step::Test(test, negated))
    }

    /// Parses expressions separated by commas, up to the closing symbol.
    fn arguments(&mut self, end: &str) -> Result<Vec<Expr<'s>>> {
        let mut arguments = Vec::new();
        while !self.take_symbol(end) {
            self.link(arguments.len())?;
            if !arguments.is_empty() {
                self.expect_symbol(",")?;
            }
            arguments.push(self.expression()?);
        }
        Ok(arguments)
    }

    fn primary(&mut self) -> Result<Expr<'s>> {
        let value = match self.next() {
            Some(TokenKind::Name("true" | "True")) => Value::Bool(true),
            Some(TokenKind::Name("false" | "False")) => Value::Bool(false),
            Some(TokenKind::Name("none" | "None" | "null")) => Value::Null,
            Some(TokenKind::Name(name)) if RESERVED.contains(&name) => {
                return self.error(format!("`{name}` stands where a variable was expected"));
            }
            Some(TokenKind::Name(name)) => return Ok(self.expr(ExprKind::Variable(name))),
            Some(TokenKind::String(text)) => Value::Text(text),
            Some(TokenKind::Number(number)) => Value::Number(Cow::Owned(number)),
            Some(TokenKind::Symbol("-")) => match self.next() {
                Some(TokenKind::Number(number)) => Value::negative(&number),
                _ => {
                    return self.error(
                        "templates cannot calculate (`-`). Send the result as a variable. A \
                         member with `-` in its name is written as user[\"first-name\"]",
                    );
                }
            },
            Some(TokenKind::Symbol("(")) => {
                let inner = self.expression()?;
                self.expect_symbol(")")?;
                return Ok(inner);
            }
            Some(TokenKind::Symbol("[")) => {
                return self.error("a list can stand only after `in`, as in x in [\"a\", \"b\"]");
            }
            other => return self.unexpected(other.as_ref(), "a variable, text or number"),
        };
        Ok(self.expr(ExprKind::Literal(value)))
    }
}
