//! What single keys do, where nothing is being typed.

use crate::logic::site_map::{PAGES, Page};

/// How long the second key of a pair may take.
pub const PAIR_WITHIN_MS: i64 = 1500;

/// What a shortcut does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    /// Opens a page.
    Open(&'static Page),
    /// Creates a key.
    CreateKey,
    /// Goes to the page's search field, or opens the command palette.
    Search,
    /// Shows the shortcuts.
    Help,
}

/// What a key press comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// It is complete.
    Run(Shortcut),
    /// Another key must follow.
    Wait,
    /// It means nothing.
    Ignore,
}

/// Reads a key press; `after_g` if `g` was pressed just before.
pub fn read(key: &str, after_g: bool) -> Press {
    let mut chars = key.chars();
    let (Some(letter), None) = (chars.next(), chars.next()) else {
        return Press::Ignore;
    };
    if after_g {
        let page = PAGES.iter().find(|page| page.shortcut == letter);
        return page.map_or(Press::Ignore, |page| Press::Run(Shortcut::Open(page)));
    }
    match letter {
        'g' => Press::Wait,
        'c' => Press::Run(Shortcut::CreateKey),
        '/' => Press::Run(Shortcut::Search),
        '?' => Press::Run(Shortcut::Help),
        _ => Press::Ignore,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_open_pages() {
        assert_eq!(read("g", false), Press::Wait);
        let Press::Run(Shortcut::Open(page)) = read("k", true) else {
            panic!("g k opens a page");
        };
        assert_eq!(page.label, "API Keys");
        assert_eq!(read("z", true), Press::Ignore);
    }

    #[test]
    fn other_keys_stand_alone() {
        assert_eq!(read("c", false), Press::Run(Shortcut::CreateKey));
        assert_eq!(read("?", false), Press::Run(Shortcut::Help));
        for key in ["k", "Enter", "Escape", "", "ü"] {
            assert_eq!(read(key, false), Press::Ignore, "{key}");
        }
    }
}
