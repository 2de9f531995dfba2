//! Normalization of names for storage.

use icu_normalizer::ComposingNormalizerBorrowed;
use shared::name::clean;

/// Normalizes names for storage and comparison: cleaned and composed (NFC).
pub fn normalize<'a>(names: impl IntoIterator<Item = &'a mut String>) {
    for name in names {
        *name = normalized(name);
    }
}

/// Returns the normalized form of a name.
pub fn normalized(name: &str) -> String {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    nfc.normalize(&clean(name)).into_owned()
}
