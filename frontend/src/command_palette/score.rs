//! How well a command fits what was typed.

/// Words that say nothing about what is looked for, unless there are no others.
const FILLERS: [&str; 10] = ["a", "an", "the", "how", "do", "does", "i", "to", "my", "is"];

/// How well `query` fits `text`, higher being better; `None` if not at all. Every
/// word must be found: best at the beginning of a word, else inside one.
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

/// The position after moving by `step` in a list of `length`, round the ends.
pub fn moved(position: usize, step: isize, length: usize) -> usize {
    if length == 0 {
        return 0;
    }
    let position = position.min(length - 1);
    let forward = step.rem_euclid(length.try_into().unwrap_or(isize::MAX));
    (position + forward.unsigned_abs()) % length
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

    #[test]
    fn the_selection_goes_round() {
        assert_eq!(moved(0, -1, 3), 2);
        assert_eq!(moved(2, 1, 3), 0);
        assert_eq!(moved(1, 1, 3), 2);
        assert_eq!(moved(7, 1, 3), 0, "the list became shorter");
        assert_eq!(moved(0, 1, 0), 0);
    }
}
