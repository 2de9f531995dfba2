//! Request ids: random, so that an id reveals nothing about other requests.

use crate::random::base62_digits;
use ring::{
    aead,
    rand::{SecureRandom, SystemRandom},
};
use shared::ids::RequestId;
use std::{
    cell::RefCell,
    sync::atomic::{AtomicU64, Ordering},
};

/// Random bytes that a thread generates at once; an id takes 16 of them.
const BLOCK_LEN: usize = 2048;

/// Generates request ids of 18 random base62 digits (107 bits).
///
/// The digits come from the key stream of AES-256-GCM under a key of the process, one block at a
/// time per thread: asking the operating system for each id would cost more than all other checks
/// of a cached request.
pub struct RequestIds {
    key: aead::LessSafeKey,
    next_block: AtomicU64,
}

/// Random bytes of one thread, with the number of used ones.
struct Block {
    bytes: Vec<u8>,
    used: usize,
}

thread_local! {
    static BLOCK: RefCell<Block> = const { RefCell::new(Block { bytes: Vec::new(), used: 0 }) };
}

impl RequestIds {
    /// Creates a generator with a key from the operating system's random source.
    pub fn new() -> anyhow::Result<Self> {
        let mut key = [0; 32];
        SystemRandom::new()
            .fill(&mut key)
            .map_err(|_| anyhow::anyhow!("the random source failed"))?;
        let key = aead::UnboundKey::new(&aead::AES_256_GCM, &key)
            .map_err(|_| anyhow::anyhow!("could not make the key of request ids"))?;
        Ok(Self {
            key: aead::LessSafeKey::new(key),
            next_block: AtomicU64::new(0),
        })
    }

    /// Returns an id that cannot be predicted from others.
    pub fn next(&self) -> String {
        let (high, low) = BLOCK.with_borrow_mut(|block| (self.number(block), self.number(block)));
        let mut id = String::with_capacity(RequestId::PREFIX.len() + 18);
        id.push_str(RequestId::PREFIX);
        for number in [high, low] {
            let digits = base62_digits::<9>(number);
            id.push_str(str::from_utf8(&digits).unwrap_or_default());
        }
        id
    }

    fn number(&self, block: &mut Block) -> u64 {
        if block.used == block.bytes.len() {
            self.refill(block);
        }
        let mut number = [0; 8];
        number.copy_from_slice(&block.bytes[block.used..block.used + 8]);
        block.used += 8;
        u64::from_le_bytes(number)
    }

    fn refill(&self, block: &mut Block) {
        let mut nonce = [0; aead::NONCE_LEN];
        let number = self.next_block.fetch_add(1, Ordering::Relaxed);
        nonce[..8].copy_from_slice(&number.to_le_bytes());
        let nonce = aead::Nonce::assume_unique_for_key(nonce);
        block.bytes.clear();
        block.bytes.resize(BLOCK_LEN, 0);
        // Fails only for texts of gigabytes. The tag is not needed.
        let _ = self
            .key
            .seal_in_place_separate_tag(nonce, aead::Aad::empty(), &mut block.bytes);
        block.used = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_have_one_length_and_nothing_in_common() {
        let ids = RequestIds::new().unwrap();
        let all: Vec<_> = (0..2000).map(|_| ids.next()).collect();
        assert!(
            all.iter()
                .all(|id| id.len() == 22 && id.starts_with("req_"))
        );
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        // Each position takes all digits: there is no counter and no constant part.
        for place in 4..22 {
            let digits: HashSet<_> = all.iter().map(|id| id.as_bytes()[place]).collect();
            assert!(digits.len() > 50, "{place}: {}", digits.len());
        }
    }
}
