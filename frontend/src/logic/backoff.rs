//! Backoff of reconnection attempts.

const WAIT_SECS_MAX: u32 = 30;

/// Returns the wait before attempt `failures + 1` in seconds: 1, 2, 4 … 30. There is no maximum
/// number of attempts.
pub const fn wait_secs(failures: u32) -> u32 {
    if failures >= 5 {
        WAIT_SECS_MAX
    } else {
        1 << failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_a_ceiling() {
        let waits: Vec<_> = (0..7).map(wait_secs).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(wait_secs(u32::MAX), 30);
    }
}
