//! Renders a parsed template. The recursion depth is that of the tree, which the parser bounds.

use super::{
    ast::{Choice, Comparison, Expr, ExprKind, Filter, For, Node, Step, Test},
    error::TemplateError,
    filters,
    meter::Meter,
    output::Output,
    value::Value,
};
use serde_json::{Map, Value as Json};
use shared::email::BODY_MAX_BYTES;
use std::{borrow::Cow, cmp::Ordering};

type Result<T> = std::result::Result<T, TemplateError>;

/// Renders a template with these variables.
pub fn render<'a>(
    nodes: &'a [Node<'a>],
    variables: &'a Map<String, Json>,
    is_html: bool,
    meter: &mut Meter,
) -> Result<String> {
    let mut renderer = Renderer {
        variables,
        scope: Vec::new(),
        out: Output::new(BODY_MAX_BYTES, is_html),
        meter,
    };
    renderer.nodes(nodes)?;
    Ok(renderer.out.into_text())
}

struct Renderer<'a, 'm> {
    variables: &'a Map<String, Json>,
    /// Variables of the enclosing loops, innermost last.
    scope: Vec<(&'a str, Value<'a>)>,
    out: Output,
    meter: &'m mut Meter,
}

impl<'a> Renderer<'a, '_> {
    fn nodes(&mut self, nodes: &'a [Node<'a>]) -> Result<()> {
        for node in nodes {
            match node {
                Node::Text(text, line) => self.out.raw(text, *line, self.meter)?,
                Node::Output(expr) => {
                    let value = self.eval(expr)?;
                    value.write(&mut self.out, expr.line, self.meter)?;
                }
                Node::If {
                    branches,
                    otherwise,
                } => {
                    let mut body = otherwise;
                    for (condition, branch) in branches {
                        if self.is_true(condition)? {
                            body = branch;
                            break;
                        }
                    }
                    self.nodes(body)?;
                }
                Node::For(block) => self.for_block(block)?,
            }
        }
        Ok(())
    }

    fn for_block(&mut self, block: &'a For<'a>) -> Result<()> {
        let list = self.given(&block.list)?;
        let elements: Box<dyn Iterator<Item = (Value<'a>, Value<'a>)>> = match list {
            Value::List(list) => {
                let numbered = list.iter().enumerate();
                Box::new(numbered.map(|(n, element)| (Value::count(n), Value::from(element))))
            }
            Value::Object(members) => Box::new(members.iter().map(|(name, member)| {
                let name = Value::Text(Cow::Borrowed(name.as_str()));
                (name, Value::from(member))
            })),
            Value::Null => Box::new(std::iter::empty()),
            _ => {
                let reason = "only lists and objects can be looped over";
                return Err(TemplateError::new(block.line, reason));
            }
        };
        let length = match list {
            Value::List(list) => list.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        if length == 0 {
            return self.nodes(&block.otherwise);
        }
        // A single loop variable over an object is the member's name, as in Jinja2.
        let names_only = block.key.is_none() && matches!(list, Value::Object(_));
        let outside = self.scope.len();
        for (index, (key, element)) in elements.enumerate() {
            self.meter.step(block.line, 0)?;
            self.scope.push(("loop", Value::Loop { index, length }));
            if names_only {
                self.scope.push((block.item, key));
            } else {
                self.scope.extend(block.key.map(|name| (name, key)));
                self.scope.push((block.item, element));
            }
            self.nodes(&block.body)?;
            self.scope.truncate(outside);
        }
        Ok(())
    }

    fn is_true(&mut self, expr: &'a Expr<'a>) -> Result<bool> {
        Ok(self.given(expr)?.is_true())
    }

    /// Evaluates an expression and returns an error if it is undefined.
    fn given(&mut self, expr: &'a Expr<'a>) -> Result<Value<'a>> {
        self.eval(expr)?.given(expr.line)
    }

    fn variable(&self, name: &str) -> Value<'a> {
        let in_scope = self.scope.iter().rev().find(|(known, _)| *known == name);
        match in_scope {
            Some((_, value)) => value.clone(),
            None => match self.variables.get(name) {
                Some(json) => Value::from(json),
                None => Value::Missing(name.to_owned()),
            },
        }
    }

    fn eval(&mut self, expr: &'a Expr<'a>) -> Result<Value<'a>> {
        let line = expr.line;
        self.meter.step(line, 0)?;
        Ok(match &expr.kind {
            ExprKind::Literal(value) => value.borrowed(),
            ExprKind::Variable(name) => self.variable(name),
            ExprKind::Chain(base, steps) => self.chain(base, steps)?,
            ExprKind::Not(inner) => Value::Bool(!self.is_true(inner)?),
            ExprKind::And(operands) => self.first_that(operands, false)?,
            ExprKind::Or(operands) => self.first_that(operands, true)?,
            ExprKind::Concat(operands) => self.concat(operands, line)?,
            ExprKind::Compare(left, comparison, right) => {
                let left = self.given(left)?;
                let right = self.given(right)?;
                Value::Bool(self.compare(&left, *comparison, &right, line)?)
            }
            ExprKind::InList(wanted, list) => {
                let wanted = self.given(wanted)?;
                let mut found = false;
                for element in list {
                    let element = self.given(element)?;
                    found = found || element.equals(&wanted, line, self.meter)?;
                }
                Value::Bool(found)
            }
            ExprKind::Choice(choice) => {
                let Choice {
                    condition,
                    value,
                    otherwise,
                } = &**choice;
                match (self.is_true(condition)?, otherwise) {
                    (true, _) => self.eval(value)?,
                    (false, Some(otherwise)) => self.eval(otherwise)?,
                    (false, None) => Value::Null,
                }
            }
        })
    }

    /// Returns the first operand whose truth value is `wanted`, else the last one.
    fn first_that(&mut self, operands: &'a [Expr<'a>], wanted: bool) -> Result<Value<'a>> {
        let mut last = Value::Null;
        for operand in operands {
            last = self.given(operand)?;
            if last.is_true() == wanted {
                break;
            }
        }
        Ok(last)
    }

    fn concat(&mut self, operands: &'a [Expr<'a>], line: u32) -> Result<Value<'a>> {
        let mut joined = Output::new(BODY_MAX_BYTES, false);
        for operand in operands {
            let value = self.given(operand)?;
            let text = filters::text(&value, line, self.meter)?;
            joined.raw(&text, line, self.meter)?;
        }
        let joined = joined.into_text();
        self.meter.create(line, joined.len())?;
        Ok(Value::Text(Cow::Owned(joined)))
    }

    fn compare(
        &mut self,
        left: &Value<'a>,
        comparison: Comparison,
        right: &Value<'a>,
        line: u32,
    ) -> Result<bool> {
        let meter = &mut *self.meter;
        Ok(match comparison {
            Comparison::Equal => left.equals(right, line, meter)?,
            Comparison::NotEqual => !left.equals(right, line, meter)?,
            Comparison::In => right.contains(left, line, meter)?,
            Comparison::Less => left.order(right, line, meter)? == Some(Ordering::Less),
            Comparison::Greater => left.order(right, line, meter)? == Some(Ordering::Greater),
            Comparison::LessOrEqual => {
                let order = left.order(right, line, meter)?;
                order.is_some_and(Ordering::is_le)
            }
            Comparison::GreaterOrEqual => {
                let order = left.order(right, line, meter)?;
                order.is_some_and(Ordering::is_ge)
            }
        })
    }

    fn chain(&mut self, base: &'a Expr<'a>, steps: &'a [Step<'a>]) -> Result<Value<'a>> {
        let line = base.line;
        let mut value = self.eval(base)?;
        for (index, step) in steps.iter().enumerate() {
            self.meter.step(line, 0)?;
            let was_missing = matches!(value, Value::Missing(_));
            value = match step {
                Step::Member(name) => value.member(name),
                Step::Index(expr) => {
                    let position = self.given(expr)?;
                    value.element(&position)
                }
                Step::Test(test, negated) => {
                    let holds = match test {
                        Test::Defined => !was_missing,
                        Test::None => matches!(value.given(line)?, Value::Null),
                    };
                    Value::Bool(holds != *negated)
                }
                Step::Filter(Filter::Default, arguments) => match arguments.first() {
                    Some(otherwise) if value.is_empty() => self.eval(otherwise)?,
                    None if value.is_empty() => Value::Text(Cow::Borrowed("")),
                    _ => value,
                },
                Step::Filter(filter, arguments) => {
                    let value = value.given(line)?;
                    let mut values = Vec::with_capacity(arguments.len());
                    for argument in arguments {
                        values.push(self.given(argument)?);
                    }
                    filters::apply(*filter, value, &values, line, self.meter)?
                }
            };
            if !was_missing && let Value::Missing(last) = &value {
                value = Value::Missing(path(base, &steps[..index], last));
            }
        }
        Ok(value)
    }
}

/// Returns the path of a missing member, such as `user.name`.
fn path(base: &Expr<'_>, steps: &[Step<'_>], last: &str) -> String {
    let mut path = match &base.kind {
        ExprKind::Variable(name) => (*name).to_owned(),
        _ => String::new(),
    };
    for name in steps.iter().map(|step| match step {
        Step::Member(name) => Some(*name),
        _ => None,
    }) {
        path.push('.');
        path.push_str(name.unwrap_or("[]"));
    }
    path.push('.');
    path.push_str(last);
    path
}
