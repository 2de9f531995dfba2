//! Detects numbers that would lose digits: JSON numbers have any length (RFC 8259, section 6), the
//! server stores 64-bit integers and floating-point numbers.

use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Maximum number of paths in one response.
const NAMED_MAX: usize = 10;
/// The depth limit, which is also the parser's.
const DEPTH_MAX: usize = 128;
/// Decimal digits that a floating-point number always preserves.
const SAFE_DIGITS: usize = 15;

/// Returns the paths of numbers in a JSON text that would lose digits. Empty for text that is not
/// JSON.
pub fn inexact(body: &[u8]) -> Vec<String> {
    let mut paths = Vec::new();
    if may_be_inexact(body)
        && let Ok(value) = serde_json::from_slice(body)
    {
        find(value, "", 0, &mut paths);
    }
    paths
}

/// A fast check without parsing: most bodies have no long number and no exponent.
fn may_be_inexact(body: &[u8]) -> bool {
    let mut digits = 0;
    body.iter().any(|byte| {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' => {}
            b'e' | b'E' if digits > 0 => return true,
            _ => digits = 0,
        }
        digits > SAFE_DIGITS
    })
}

fn find(value: &RawValue, path: &str, depth: usize, paths: &mut Vec<String>) {
    let text = value.get();
    if depth > DEPTH_MAX || paths.len() >= NAMED_MAX || !may_be_inexact(text.as_bytes()) {
        return;
    }
    match text.as_bytes() {
        [b'{', ..] => {
            let members = serde_json::from_str::<BTreeMap<String, &RawValue>>(text);
            for (name, value) in members.unwrap_or_default() {
                let dot = if path.is_empty() { "" } else { "." };
                find(value, &format!("{path}{dot}{name}"), depth + 1, paths);
            }
        }
        [b'[', ..] => {
            let items = serde_json::from_str::<Vec<&RawValue>>(text);
            for (index, value) in items.unwrap_or_default().into_iter().enumerate() {
                find(value, &format!("{path}[{index}]"), depth + 1, paths);
            }
        }
        [b'-' | b'0'..=b'9', ..] if !is_exact(text) => paths.push(path.to_owned()),
        _ => {}
    }
}

/// Returns `true` if the stored number equals the original.
fn is_exact(number: &str) -> bool {
    if number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok() {
        return true;
    }
    let Ok(kept) = number.parse::<f64>() else {
        return false;
    };
    kept.is_finite() && decimal(&format!("{kept:e}")) == decimal(number)
}

/// Returns a number's digits without zeros at either end, and the exponent of the last digit.
/// Ignores the sign, which is always preserved. `None` if the exponent is out of range.
fn decimal(number: &str) -> Option<(String, i64)> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{}{fraction}", whole.trim_start_matches('-'));
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some((String::new(), 0));
    }
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    let fraction = i64::try_from(fraction.len()).ok()?;
    let exponent = i64::from(exponent) - fraction + zeros;
    Some((significant.to_owned(), exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_lose_digits_are_found() {
        for exact in [
            "0",
            "-0",
            "0.0",
            "5",
            "-7.25",
            "1.50",
            "0.1",
            "1e3",
            "1.5E-7",
            "100000e-3",
            "18446744073709551615",
            "-9223372036854775808",
            "123456789012345.6",
            "1e22",
            "0.000000000000000001",
            "10000000000000000000000",
        ] {
            assert!(is_exact(exact), "{exact}");
        }
        for inexact in [
            "40702810506710000185",
            "18446744073709551616",
            "-9223372036854775809",
            "0.12345678901234567890",
            "9007199254740993.5",
            "1e400",
            "-1e309",
            "1e99999999999",
        ] {
            assert!(!is_exact(inexact), "{inexact}");
        }
    }

    #[test]
    fn paths_lead_to_the_numbers() {
        let text = br#"{"a": {"id": 40702810506710000185, "text": "40702810506710000185",
            "list": [1, 2.5, {"b": 1e400}]}, "c": 12345678901234567}"#;
        assert_eq!(inexact(text), ["a.id", "a.list[2].b"]);
        assert_eq!(inexact(b"{\"a\": 40702810506710000185"), [""; 0]);
        assert_eq!(inexact(b"40702810506710000185"), [""]);
    }
}
