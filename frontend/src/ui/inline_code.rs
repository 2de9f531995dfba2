//! Text with code between backticks.

/// Part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    Code(&'a str),
}

/// Splits a text at its backticks.
pub fn pieces(sentence: &str) -> Vec<Piece<'_>> {
    sentence
        .split('`')
        .enumerate()
        .filter(|(_, piece)| !piece.is_empty())
        .map(|(index, piece)| match index % 2 {
            0 => Piece::Text(piece),
            _ => Piece::Code(piece),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_mark_code() {
        assert_eq!(
            pieces("Send `Content-Type: application/json`."),
            [
                Piece::Text("Send "),
                Piece::Code("Content-Type: application/json"),
                Piece::Text(".")
            ]
        );
        assert_eq!(pieces("Plain."), [Piece::Text("Plain.")]);
    }
}
