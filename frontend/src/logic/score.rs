//! Ranking of search results.

/// Words that are ignored, unless there are no others.
const FILLERS: [&str; 10] = ["a", "an", "the", "how", "do", "does", "i", "to", "my", "is"];

/// Returns how well `text` matches `query`, higher being better; `None` if a word is missing. The
/// start of the text counts more than the start of a word, and that more than the middle of one.
pub fn score(query: &str, text: &str) -> Option<u32> {
    let (text, query) = (text.to_lowercase(), query.to_lowercase());
    let is_filler = |word: &&str| FILLERS.contains(word);
    let only_fillers = query.split_whitespace().all(|word| is_filler(&word));
    let mut total = 0;
    for word in query.split_whitespace() {
        if is_filler(&word) && !only_fillers {
            continue;
        }
        let at = text.find(word)?;
        total += if at == 0 {
            3
        } else if begins_a_word(&text, word) {
            2
        } else {
            1
        };
    }
    Some(total)
}

fn begins_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_win() {
        let keys = "Go to API Keys";
        assert_eq!(score("go", keys), Some(3));
        assert_eq!(score("keys", keys), Some(2));
        assert_eq!(score("eys", keys), Some(1));
        assert_eq!(score("keys go", keys), Some(5));
        assert_eq!(score("", keys), Some(0));
        assert_eq!(score("billing", keys), None);
        assert_eq!(score("how do I go to the keys", keys), Some(5));
        assert_eq!(score("how", keys), None);
        assert_eq!(score("limit", "rate_limit_exceeded"), Some(2));
    }
}
