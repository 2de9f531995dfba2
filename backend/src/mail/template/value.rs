//! Values in a template. They borrow from the variables and the template; only text created by a
//! filter or `~` is owned, and charged to the meter.

use super::{error::TemplateError, meter::Meter, output::Output};
use serde_json::{Map, Number, Value as Json};
use std::{borrow::Cow, cmp::Ordering};

#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// An undefined variable and its path.
    Missing(String),
    Null,
    Bool(bool),
    Number(Cow<'a, Number>),
    Text(Cow<'a, str>),
    /// HTML that must not be escaped again.
    Safe(Cow<'a, str>),
    List(&'a [Json]),
    Object(&'a Map<String, Json>),
    /// The special variable `loop`.
    Loop {
        index: usize,
        length: usize,
    },
}

impl<'a> From<&'a Json> for Value<'a> {
    fn from(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Bool(*flag),
            Json::Number(number) => Self::Number(Cow::Borrowed(number)),
            Json::String(text) => Self::Text(Cow::Borrowed(text)),
            Json::Array(list) => Self::List(list),
            Json::Object(members) => Self::Object(members),
        }
    }
}

impl<'a> Value<'a> {
    /// Creates an integer, such as a length.
    pub fn count(number: usize) -> Self {
        Self::Number(Cow::Owned(Number::from(number)))
    }

    /// Negates a number.
    pub fn negative(number: &Number) -> Self {
        let negative = match number.as_i64() {
            Some(whole) => Some(Number::from(-whole)),
            None => number.as_f64().and_then(|float| Number::from_f64(-float)),
        };
        negative.map_or(Self::Null, |number| Self::Number(Cow::Owned(number)))
    }

    /// Returns a copy that borrows from this value.
    pub fn borrowed(&'a self) -> Self {
        match self {
            Self::Number(number) => Self::Number(Cow::Borrowed(number)),
            Self::Text(text) => Self::Text(Cow::Borrowed(text)),
            Self::Safe(text) => Self::Safe(Cow::Borrowed(text)),
            other => other.clone(),
        }
    }

    /// Returns the value, or an error if it is undefined.
    pub fn given(self, line: u32) -> Result<Self, TemplateError> {
        match self {
            Self::Missing(name) => Err(TemplateError::missing(line, name)),
            given => Ok(given),
        }
    }

    /// Evaluates the value as a condition. Null, 0 and empty values are false.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Bool(flag) => *flag,
            Self::Number(number) => number.as_f64() != Some(0.0),
            Self::Loop { .. } => true,
            other => !other.is_empty(),
        }
    }

    /// Returns `true` if `default` applies: the value is undefined, null or empty.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Missing(_) | Self::Null => true,
            Self::Text(text) | Self::Safe(text) => text.is_empty(),
            Self::List(list) => list.is_empty(),
            Self::Object(members) => members.is_empty(),
            Self::Bool(_) | Self::Number(_) | Self::Loop { .. } => false,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Safe(text) => Some(text),
            _ => None,
        }
    }

    /// Compares two scalar values for equality.
    pub fn equals(
        &self,
        other: &Self,
        line: u32,
        meter: &mut Meter,
    ) -> Result<bool, TemplateError> {
        if let (Some(one), Some(other)) = (self.text(), other.text()) {
            meter.step(line, one.len().min(other.len()))?;
            return Ok(one == other);
        }
        Ok(match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Number(_), Self::Number(_)) => {
                self.order(other, line, meter)? == Some(Ordering::Equal)
            }
            (Self::List(_), Self::List(_)) | (Self::Object(_), Self::Object(_)) => {
                let reason = "lists and objects cannot be compared";
                return Err(TemplateError::new(line, reason));
            }
            _ => false,
        })
    }

    /// Compares two numbers or two texts.
    pub fn order(
        &self,
        other: &Self,
        line: u32,
        meter: &mut Meter,
    ) -> Result<Option<Ordering>, TemplateError> {
        if let (Some(one), Some(other)) = (self.text(), other.text()) {
            meter.step(line, one.len().min(other.len()))?;
            return Ok(Some(one.cmp(other)));
        }
        let (Self::Number(one), Self::Number(other)) = (self, other) else {
            let reason = "only two numbers or two texts can be compared by size";
            return Err(TemplateError::new(line, reason));
        };
        Ok(match (one.as_i64(), other.as_i64()) {
            (Some(one), Some(other)) => Some(one.cmp(&other)),
            _ => one.as_f64().partial_cmp(&other.as_f64()),
        })
    }

    /// Returns `true` if a list has this element, an object this member, or a text this substring.
    pub fn contains(
        &self,
        wanted: &Self,
        line: u32,
        meter: &mut Meter,
    ) -> Result<bool, TemplateError> {
        if let Some(text) = self.text() {
            meter.step(line, text.len())?;
            return Ok(wanted.text().is_some_and(|part| text.contains(part)));
        }
        match self {
            Self::List(list) => {
                for element in *list {
                    meter.step(line, 0)?;
                    let is_plain = !matches!(element, Json::Array(_) | Json::Object(_));
                    if is_plain && Self::from(element).equals(wanted, line, meter)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Object(members) => {
                Ok(wanted.text().is_some_and(|name| members.contains_key(name)))
            }
            Self::Null => Ok(false),
            _ => {
                let reason = "`in` needs a list, an object or a text on its right";
                Err(TemplateError::new(line, reason))
            }
        }
    }

    /// Returns a member of an object, or of `loop`.
    pub fn member(self, name: &str) -> Self {
        let missing = || Self::Missing(name.to_owned());
        match self {
            Self::Object(members) => members.get(name).map_or_else(missing, Self::from),
            Self::Loop { index, length } => match name {
                "index" => Self::count(index + 1),
                "index0" => Self::count(index),
                "first" => Self::Bool(index == 0),
                "last" => Self::Bool(index + 1 == length),
                "length" => Self::count(length),
                _ => missing(),
            },
            Self::Missing(path) => Self::Missing(path),
            _ => missing(),
        }
    }

    /// Returns an element of a list by index, from the end if negative, or a member of an object by
    /// name.
    pub fn element(self, index: &Self) -> Self {
        if let Some(name) = index.text() {
            return self.member(name);
        }
        let Self::Number(number) = index else {
            return self.member("[]");
        };
        let Self::List(list) = self else {
            return self.member(&number.to_string());
        };
        let position = number.as_i64().and_then(|position| match position {
            0.. => usize::try_from(position).ok(),
            _ => list
                .len()
                .checked_add_signed(isize::try_from(position).ok()?),
        });
        let element = position.and_then(|position| list.get(position));
        element.map_or_else(|| Self::Missing(number.to_string()), Self::from)
    }

    /// Writes the value in human-readable form: null is empty, list elements are separated by
    /// commas. Deeper levels are written as JSON.
    pub fn write(
        &self,
        out: &mut Output,
        line: u32,
        meter: &mut Meter,
    ) -> Result<(), TemplateError> {
        match self {
            Self::Missing(name) => return Err(TemplateError::missing(line, name.as_str())),
            Self::Null => {}
            Self::Bool(flag) => out.value(if *flag { "true" } else { "false" }, line, meter)?,
            Self::Number(number) => out.value(&number.to_string(), line, meter)?,
            Self::Text(text) => out.value(text, line, meter)?,
            Self::Safe(text) => out.raw(text, line, meter)?,
            Self::List(list) => {
                for (index, element) in list.iter().enumerate() {
                    meter.step(line, 0)?;
                    if index > 0 {
                        out.raw(", ", line, meter)?;
                    }
                    match element {
                        Json::Array(_) | Json::Object(_) => out.json(element, line, meter)?,
                        plain => Self::from(plain).write(out, line, meter)?,
                    }
                }
            }
            Self::Object(members) => out.json(members, line, meter)?,
            Self::Loop { .. } => {
                let reason = "`loop` has members only: loop.index, loop.first, loop.last";
                return Err(TemplateError::new(line, reason));
            }
        }
        Ok(())
    }
}
