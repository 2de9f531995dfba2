//! Element IDs for labels and descriptions.

use std::cell::Cell;

thread_local! {
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// Returns an ID that is unique on the page.
pub fn unique_id(kind: &str) -> String {
    let number = LAST.get() + 1;
    LAST.set(number);
    format!("{kind}-{number}")
}
