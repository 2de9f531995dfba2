//! Search and sorting without regard to case and Unicode encoding. The server folds both stored
//! text and search terms, because the databases disagree on case beyond ASCII.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// The text for compatibility caseless matching (Unicode Standard, definition D146), in
/// composed form: `Özgür`, `ÖZGÜR` and `özgür` are one, as are `Straße` and `STRASSE`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let nfd = DecomposingNormalizerBorrowed::new_nfd();
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let case = CaseMapper::new();
    let once = case.fold_string(&nfd.normalize(text)).into_owned();
    let twice = case.fold_string(&nfkc.normalize(&once)).into_owned();
    nfkc.normalize(&twice).into_owned()
}

/// Returns a pattern for `LIKE … ESCAPE '!'` that matches `text` anywhere in a folded text.
pub fn contains_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in fold(text).chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_text_are_one() {
        for same in [
            ["\u{d6}zg\u{fc}r", "o\u{308}ZGu\u{308}R"],
            ["Stra\u{df}e", "STRASSE"],
            ["STRA\u{1e9e}E", "strasse"],
            [
                "\u{3a3}\u{3af}\u{3c3}\u{3c5}\u{3c6}\u{3bf}\u{3c2}",
                "\u{3a3}\u{38a}\u{3a3}\u{3a5}\u{3a6}\u{39f}\u{3a3}",
            ],
            ["\u{ff21}\u{ff22}\u{ff23}", "abc"],
            ["My\u{a0}App", "my app"],
            ["\u{fb01}n", "FIN"],
            ["\u{130}zmir", "i\u{307}zmir"],
        ] {
            let [a, b] = same.map(fold);
            assert_eq!(a, b);
            assert_eq!(fold(&a), a, "folding is stable");
        }
        assert_ne!(fold("\u{f6}zg\u{fc}r"), fold("ozgur"));
    }

    #[test]
    fn patterns_are_of_the_text_itself() {
        assert_eq!(contains_pattern("100%_A!"), "%100!%!_a!!%");
    }
}
