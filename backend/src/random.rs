//! Random identifiers and tokens, in base62.

use ring::rand::{SecureRandom, SystemRandom};
use shared::ids::Id;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Returns the lowest `N` base62 digits of `value`, least significant first.
pub fn base62_digits<const N: usize>(mut value: u64) -> [u8; N] {
    let mut digits = [0; N];
    for digit in &mut digits {
        *digit = BASE62[usize::try_from(value % 62).unwrap_or_default()];
        value /= 62;
    }
    digits
}

/// Random characters of an identifier, about 95 bits.
const ID_CHARS: usize = 16;

/// Generates an identifier.
pub fn new_id<T: Id>() -> anyhow::Result<T> {
    Ok(T::from_random(&random_base62(ID_CHARS)?))
}

/// Returns `len` base62 characters from the operating system's random source, without bias.
pub fn random_base62(len: usize) -> anyhow::Result<String> {
    let random = SystemRandom::new();
    let mut text = String::with_capacity(len);
    let mut buffer = [0_u8; 96];
    while text.len() < len {
        random
            .fill(&mut buffer)
            .map_err(|_| anyhow::anyhow!("the random source failed"))?;
        // 248 is the largest multiple of 62 that a byte can hold.
        let digits = buffer.iter().filter(|byte| **byte < 248);
        text.extend(
            digits
                .take(len - text.len())
                .map(|byte| char::from(BASE62[usize::from(byte % 62)])),
        );
    }
    Ok(text)
}
