//! Normalization of names, so that users can recognize and retype them. Invisible characters are
//! removed and white space is collapsed.
//!
//! Canonical composition (NFC) needs tables that are too large for the WebAssembly binary. The
//! server composes with a library, the dashboard with `String.prototype.normalize`.

/// Characters without width, most of them in Unicode's category Cf. They include the
/// bidirectional controls, which change the direction of the text after them.
pub const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Invisible characters that modify the preceding one: zero-width joiners and variation
/// selectors.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Normalizes a name for storage, except for its composition.
///
/// Removes invisible characters, except within emoji and words, collapses white space, and trims
/// both ends. Control characters are kept, so that validation can reject them.
pub fn clean(name: &str) -> String {
    let mut cleaned = String::with_capacity(name.len());
    for c in name.chars() {
        let last = cleaned.chars().next_back();
        if is_joiner(c) {
            if last.is_some_and(|before| !before.is_ascii() || c == '\u{fe0f}') {
                cleaned.push(c);
            }
        } else if c.is_whitespace() && !c.is_control() {
            if last.is_some_and(|before| before != ' ') {
                cleaned.push(' ');
            }
        } else if !is_invisible(c) {
            cleaned.push(c);
        }
    }
    let end = cleaned
        .trim_end_matches([' ', '\u{200c}', '\u{200d}'])
        .len();
    cleaned.truncate(end);
    cleaned
}

/// Removes everything that a person who reads and types the name cannot distinguish. Compose the
/// result (NFC) before comparing.
pub fn comparable(name: &str) -> String {
    let mut name = clean(name);
    name.retain(|c| !is_joiner(c));
    name
}

/// Explains how a typed name differs from the expected one; `None` if they are equal. Both must
/// be [`comparable`] and composed.
pub fn difference(expected: &str, typed: &str) -> Option<String> {
    if typed == expected {
        return None;
    }
    if let Some(rest) = expected.strip_prefix(typed) {
        return Some(format!("Still missing: “{}”.", rest.trim_start()));
    }
    if let Some(rest) = typed.strip_prefix(expected) {
        return Some(format!("Remove “{}” from the end.", rest.trim_start()));
    }
    if typed.to_lowercase() == expected.to_lowercase() {
        return Some(format!("Upper and lower case matter: “{expected}”."));
    }
    let pairs = expected.chars().zip(typed.chars());
    let same: String = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    let rest = expected.strip_prefix(&same).unwrap_or_default();
    Some(if same.is_empty() {
        format!(
            "The name begins with “{}”.",
            rest.chars().next().unwrap_or_default()
        )
    } else {
        format!("After “{same}” comes “{rest}”.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned() {
        for (name, cleaned) in [
            ("  My \u{a0}\u{2003} App\u{3000}", "My App"),
            ("\u{feff}My\u{200b} A\u{ad}pp\u{2060}", "My App"),
            ("\u{202e}ppA yM\u{202c}", "ppA yM"),
            ("\u{200d}a\u{200d}b\u{200c}", "ab"),
            ("\u{200b}\u{3164}\u{2800} \u{a0}", ""),
            // Visible characters are kept: emoji sequences, and Persian words with a non-joiner.
            (
                "\u{1f469}\u{200d}\u{1f4bb} Team",
                "\u{1f469}\u{200d}\u{1f4bb} Team",
            ),
            (
                "1\u{fe0f}\u{20e3} \u{2764}\u{fe0f}",
                "1\u{fe0f}\u{20e3} \u{2764}\u{fe0f}",
            ),
            (
                "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
                "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            ),
            ("a\nb\tc", "a\nb\tc"),
        ] {
            assert_eq!(clean(name), cleaned, "{name:?}");
            assert_eq!(clean(cleaned), cleaned, "cleaning is stable");
        }
        assert_eq!(comparable("\u{2764}\u{fe0f} a"), comparable("\u{2764}  a"));
    }

    #[test]
    fn a_difference_is_explained() {
        for (typed, expected) in [
            ("", Some("Still missing: “My App”.")),
            ("My", Some("Still missing: “App”.")),
            ("My Apps", Some("Remove “s” from the end.")),
            ("my app", Some("Upper and lower case matter: “My App”.")),
            ("My Bpp", Some("After “My ” comes “App”.")),
            ("Xy", Some("The name begins with “M”.")),
            ("My App", None),
        ] {
            assert_eq!(difference("My App", typed).as_deref(), expected, "{typed}");
        }
    }
}
