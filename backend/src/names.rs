//! Names as they are stored.

use icu_normalizer::ComposingNormalizerBorrowed;
use shared::name::clean;

/// Brings names into the form in which they are stored and compared: cleaned and composed
/// (NFC).
pub fn normalize<'a>(names: impl IntoIterator<Item = &'a mut String>) {
    for name in names {
        *name = normalized(name);
    }
}

/// One name in its stored form.
pub fn normalized(name: &str) -> String {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    nfc.normalize(&clean(name)).into_owned()
}
