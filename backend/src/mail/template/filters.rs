//! Template filters. Created text is charged to the meter before it is allocated.

use super::{ast::Filter, error::TemplateError, meter::Meter, output::Output, value::Value};
use shared::email::BODY_MAX_BYTES;
use std::borrow::Cow;

type Result<T> = std::result::Result<T, TemplateError>;

/// Applies a filter to a defined value. The renderer handles `default`, because it accepts
/// undefined values.
pub fn apply<'a>(
    filter: Filter,
    value: Value<'a>,
    arguments: &[Value<'a>],
    line: u32,
    meter: &mut Meter,
) -> Result<Value<'a>> {
    Ok(match filter {
        Filter::Default => value,
        Filter::Upper => change(&value, line, meter, str::to_uppercase)?,
        Filter::Lower => change(&value, line, meter, str::to_lowercase)?,
        Filter::Capitalize => change(&value, line, meter, capitalize)?,
        Filter::Title => change(&value, line, meter, |text| {
            text.split_inclusive(char::is_whitespace)
                .map(capitalize)
                .collect()
        })?,
        Filter::Trim => match text(&value, line, meter)? {
            Cow::Borrowed(text) => change(&value, line, meter, |_| text.trim().to_owned())?,
            Cow::Owned(text) => Value::Text(Cow::Owned(text.trim().to_owned())),
        },
        Filter::Replace => replace(&value, arguments, line, meter)?,
        Filter::Length => Value::count(length(&value, line, meter)?),
        Filter::First => end(
            &value,
            line,
            |list| list.first(),
            |text| text.chars().next(),
        )?,
        Filter::Last => end(&value, line, |list| list.last(), |text| text.chars().last())?,
        Filter::Join => join(&value, arguments.first(), line, meter)?,
        Filter::Escape => match value {
            Value::Safe(text) => Value::Safe(text),
            other => Value::Safe(Cow::Owned(written(&other, true, line, meter)?)),
        },
        Filter::Safe => Value::Safe(Cow::Owned(text(&value, line, meter)?.into_owned())),
    })
}

/// Converts the value to text without escaping it.
pub fn text<'v>(value: &'v Value<'_>, line: u32, meter: &mut Meter) -> Result<Cow<'v, str>> {
    Ok(match value {
        Value::Text(text) | Value::Safe(text) => {
            meter.step(line, text.len())?;
            Cow::Borrowed(text)
        }
        other => Cow::Owned(written(other, false, line, meter)?),
    })
}

fn written(value: &Value<'_>, as_html: bool, line: u32, meter: &mut Meter) -> Result<String> {
    let mut out = Output::new(BODY_MAX_BYTES, as_html);
    value.write(&mut out, line, meter)?;
    let text = out.into_text();
    meter.create(line, text.len())?;
    Ok(text)
}

fn change<'a>(
    value: &Value<'_>,
    line: u32,
    meter: &mut Meter,
    change: impl FnOnce(&str) -> String,
) -> Result<Value<'a>> {
    let text = text(value, line, meter)?;
    meter.create(line, text.len())?;
    Ok(Value::Text(Cow::Owned(change(&text))))
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    let rest = chars.as_str().to_lowercase();
    first.chain(rest.chars()).collect()
}

fn replace<'a>(
    value: &Value<'_>,
    arguments: &[Value<'_>],
    line: u32,
    meter: &mut Meter,
) -> Result<Value<'a>> {
    let [from, to] = arguments else {
        return Err(TemplateError::new(line, "replace takes exactly 2"));
    };
    let from = text(from, line, meter)?;
    let to = text(to, line, meter)?;
    let text = text(value, line, meter)?.into_owned();
    if from.is_empty() {
        return Err(TemplateError::new(line, "replace needs a text to look for"));
    }
    let found = text.matches(&*from).count();
    meter.create(
        line,
        text.len().saturating_add(found.saturating_mul(to.len())),
    )?;
    Ok(Value::Text(Cow::Owned(text.replace(&*from, &to))))
}

fn length(value: &Value<'_>, line: u32, meter: &mut Meter) -> Result<usize> {
    match value {
        Value::List(list) => Ok(list.len()),
        Value::Object(members) => Ok(members.len()),
        Value::Null => Ok(0),
        other => Ok(text(other, line, meter)?.chars().count()),
    }
}

/// Returns the first or last element or character; null if the value is empty.
fn end<'a>(
    value: &Value<'a>,
    line: u32,
    of_list: impl FnOnce(&'a [serde_json::Value]) -> Option<&'a serde_json::Value>,
    of_text: impl FnOnce(&str) -> Option<char>,
) -> Result<Value<'a>> {
    match value {
        Value::List(list) => Ok(of_list(list).map_or(Value::Null, Value::from)),
        Value::Text(text) | Value::Safe(text) => {
            let found = of_text(text).map(String::from);
            Ok(found.map_or(Value::Null, |found| Value::Text(Cow::Owned(found))))
        }
        Value::Null => Ok(Value::Null),
        _ => Err(TemplateError::new(
            line,
            "first and last need a list or a text",
        )),
    }
}

fn join<'a>(
    value: &Value<'_>,
    separator: Option<&Value<'_>>,
    line: u32,
    meter: &mut Meter,
) -> Result<Value<'a>> {
    let list = match value {
        Value::List(list) => *list,
        Value::Null => &[],
        _ => return Err(TemplateError::new(line, "join needs a list")),
    };
    let separator = match separator {
        Some(separator) => text(separator, line, meter)?,
        None => Cow::Borrowed(""),
    };
    let mut out = Output::new(BODY_MAX_BYTES, false);
    for (index, element) in list.iter().enumerate() {
        if index > 0 {
            out.raw(&separator, line, meter)?;
        }
        Value::from(element).write(&mut out, line, meter)?;
    }
    let joined = out.into_text();
    meter.create(line, joined.len())?;
    Ok(Value::Text(Cow::Owned(joined)))
}
