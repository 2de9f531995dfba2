//! Selection in lists with arrow keys.

/// Returns the position after moving by `step` in a list of `length`, wrapping at the ends.
pub fn step_selection(position: usize, step: isize, length: usize) -> usize {
    if length == 0 {
        return 0;
    }
    let position = position.min(length - 1);
    let forward = step.rem_euclid(length.try_into().unwrap_or(isize::MAX));
    (position + forward.unsigned_abs()) % length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_wraps_around() {
        assert_eq!(step_selection(0, -1, 3), 2);
        assert_eq!(step_selection(2, 1, 3), 0);
        assert_eq!(step_selection(1, 1, 3), 2);
        assert_eq!(step_selection(7, 1, 3), 0, "the list became shorter");
        assert_eq!(step_selection(0, 1, 0), 0);
    }
}
