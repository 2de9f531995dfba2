//! Search terms in different spellings.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Groups of spellings that match each other.
pub const SPELLINGS: [[&str; 4]; 4] = [
    [
        "\u{d6}zg\u{fc}r",
        "\u{d6}ZG\u{dc}R",
        "\u{f6}zg\u{fc}r",
        "o\u{308}zgu\u{308}r",
    ],
    ["Stra\u{df}e", "STRASSE", "STRA\u{1e9e}E", "strasse"],
    [
        "\u{411}\u{43e}\u{440}\u{438}\u{441}",
        "\u{411}\u{41e}\u{420}\u{418}\u{421}",
        "\u{431}\u{43e}\u{440}\u{438}\u{441}",
        "\u{43e}\u{420}\u{438}",
    ],
    [
        "\u{ff34}okyo \u{fb01}n",
        "TOKYO FIN",
        "tokyo",
        "\u{ff2f}\u{ff2b}",
    ],
];

/// Percent-encodes a search term.
pub fn url_encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Checks that a page has one row, with this value.
#[track_caller]
pub fn assert_one_found(list: &Value, member: &str, expected: &str, search: &str) {
    assert_eq!(list["total"], 1, "{search} in {list}");
    assert_eq!(list["data"][0][member], expected, "{search}");
}
