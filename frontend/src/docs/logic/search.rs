//! Full-text search of the documentation.

use crate::logic::score::score;
use shared::reference::{SearchItem, SearchKind};

/// Maximum number of results.
const MAX_RESULTS: usize = 12;

/// Returns the best matches for `query`, best first.
pub fn find(items: &[SearchItem], query: &str) -> Vec<SearchItem> {
    if query.trim().is_empty() {
        return Vec::new();
    }
    let mut found: Vec<_> = items
        .iter()
        .filter_map(|item| Some((fit(item, query)?, item)))
        .collect();
    found.sort_by_key(|(fit, item)| (std::cmp::Reverse(*fit), item.kind));
    found.truncate(MAX_RESULTS);
    found.into_iter().map(|(_, item)| item.clone()).collect()
}

/// Scores an item. A title match counts more than a context match, and an exact title comes first.
fn fit(item: &SearchItem, query: &str) -> Option<u32> {
    if item.title.eq_ignore_ascii_case(query.trim()) {
        return Some(1000);
    }
    let in_title = score(query, &item.title).map(|score| score * 4);
    let anywhere = score(query, &format!("{} {}", item.title, item.context));
    // There are many fields and sections: only match their own names.
    let anywhere =
        anywhere.filter(|_| !matches!(item.kind, SearchKind::Field | SearchKind::Section));
    let in_text = || {
        let all = format!("{} {} {}", item.title, item.context, item.text);
        (!item.text.is_empty())
            .then(|| score(query, &all))
            .flatten()
    };
    // A match in the name ranks above a match in the text.
    in_title.max(anywhere).map(|fit| fit + 100).or_else(in_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<SearchItem> {
        let item = |kind, title: &str, context: &str, text: &str, path: &str| SearchItem {
            kind,
            title: title.to_owned(),
            context: context.to_owned(),
            text: text.to_owned(),
            path: path.to_owned(),
        };
        let send = "Send an email · POST /v1/emails/send";
        vec![
            item(
                SearchKind::Guide,
                "Authentication",
                "Keys.",
                "To send bulk mail, ask.",
                "/authentication",
            ),
            item(
                SearchKind::Section,
                "Rotation",
                "Authentication",
                "",
                "/authentication#rotation",
            ),
            item(
                SearchKind::Operation,
                "Send an email",
                "POST /v1/emails/send",
                "Sends it. emails:send",
                "/send_email",
            ),
            item(
                SearchKind::Field,
                "track_opens",
                send,
                "",
                "/send_email#body-track_opens",
            ),
            item(
                SearchKind::Operation,
                "Delete a contact",
                "DELETE /v1/contacts/{id}",
                "Deletes it. contacts:delete",
                "/delete_contact",
            ),
            item(
                SearchKind::Error,
                "key_in_query",
                "400 API key in the URL",
                "",
                "/errors#key_in_query",
            ),
        ]
    }

    fn first(query: &str) -> (SearchKind, String) {
        let found = find(&items(), query);
        let first = found
            .first()
            .unwrap_or_else(|| panic!("{query} is not found"));
        (
            first.kind,
            first.path.rsplit('/').next().unwrap().to_owned(),
        )
    }

    #[test]
    fn titles_paths_fields_and_codes_are_found() {
        assert_eq!(
            first("authentication"),
            (SearchKind::Guide, "authentication".into())
        );
        assert_eq!(
            first("rotation"),
            (SearchKind::Section, "authentication#rotation".into())
        );
        assert_eq!(
            first("send an email"),
            (SearchKind::Operation, "send_email".into())
        );
        assert_eq!(
            first("/v1/emails/send"),
            (SearchKind::Operation, "send_email".into())
        );
        assert_eq!(
            first("track_opens"),
            (SearchKind::Field, "send_email#body-track_opens".into())
        );
        assert_eq!(
            first("key_in_query"),
            (SearchKind::Error, "errors#key_in_query".into())
        );
    }

    #[test]
    fn what_is_only_spoken_of_is_found_too() {
        assert_eq!(
            first("how do I send bulk mail"),
            (SearchKind::Guide, "authentication".into())
        );
        assert_eq!(
            first("contacts:delete"),
            (SearchKind::Operation, "delete_contact".into())
        );
    }

    #[test]
    fn nothing_is_found_by_nothing() {
        assert_eq!(find(&items(), "  "), []);
        assert_eq!(find(&items(), "zzzzzz"), []);
        assert!(find(&items(), "e").len() <= MAX_RESULTS);
    }
}
