//! Keyboard shortcuts without modifiers, active unless the user is typing.

use crate::logic::site_map::{PAGES, Page};

/// Maximum delay between the two keys of a sequence.
pub const PAIR_WITHIN_MS: i64 = 1500;

/// Action of a shortcut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    /// Opens a page of the dashboard.
    Open(&'static Page),
    /// Opens the dialog that creates a key.
    CreateKey,
    /// Focuses the page's search field, or opens the command palette if there is none.
    Search,
    /// Opens the list of shortcuts.
    Help,
}

/// Result of a key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// The shortcut is complete.
    Run(Shortcut),
    /// First key of a sequence.
    Wait,
    /// Not a shortcut; leave it to the page.
    Ignore,
}

/// Interprets a key press. `after_g` is true if `g` was pressed just before.
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
