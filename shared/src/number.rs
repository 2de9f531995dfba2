//! Numbers as text for people.

/// Formats a number with thousands separators: `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats a count with its noun: `234 requests`, `1 request`.
pub fn counted(number: u64, singular: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {singular}{plural}", grouped(number))
}

/// Formats a ratio from 0 to 1 as a percentage with at most one decimal: `0.5%`. A nonzero ratio is
/// never shown as zero.
pub fn percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    if percent > 0.0 && percent < 0.1 {
        return "<0.1%".into();
    }
    let text = format!("{percent:.1}");
    format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (12_345, "12,345"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(counted(1, "request"), "1 request");
        assert_eq!(counted(2340, "request"), "2,340 requests");
    }

    #[test]
    fn percentages_are_short_and_honest() {
        for (ratio, text) in [
            (0.0, "0%"),
            (0.005, "0.5%"),
            (0.0001, "<0.1%"),
            (0.123, "12.3%"),
            (1.0, "100%"),
        ] {
            assert_eq!(percent(ratio), text);
        }
    }
}
