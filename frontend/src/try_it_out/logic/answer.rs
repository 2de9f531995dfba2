//! Formats a response as text. Large bodies are truncated, so that they don't freeze the page.

/// Maximum size of a body that is shown in full and highlighted.
const COLOURED_BYTES_MAX: usize = 256 * 1024;
/// Size of the excerpt of larger bodies.
const SHOWN_BYTES: usize = 16 * 1024;

/// A complete response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Headers in alphabetical order.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub took_ms: i64,
}

/// Representation of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    Nothing,
    /// Pretty-printed JSON, one member per line.
    Json(String),
    /// Any other body, as text.
    Text(String),
    /// Excerpt of a body that is too large to show in full.
    Beginning(String),
}

impl Answer {
    /// Returns the value of a header, ignoring case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Returns the body as text. Invalid UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the representation of the body.
    pub fn shown(&self) -> Shown {
        if self.body.is_empty() {
            return Shown::Nothing;
        }
        if self.body.len() > COLOURED_BYTES_MAX {
            let beginning = String::from_utf8_lossy(&self.body[..SHOWN_BYTES]);
            return Shown::Beginning(beginning.trim_end_matches('\u{fffd}').to_owned());
        }
        match serde_json::from_slice::<serde_json::Value>(&self.body) {
            Ok(value) => Shown::Json(format!("{value:#}")),
            Err(_) => Shown::Text(self.text()),
        }
    }

    /// Returns the file name for downloads.
    pub fn file_name(&self) -> &'static str {
        let kind = self.header("content-type").unwrap_or_default();
        if kind.contains("json") {
            "response.json"
        } else {
            "response.txt"
        }
    }
}

/// Formats a size: `512 B`, `1.2 kB`, `3.4 MB`.
pub fn size(bytes: usize) -> String {
    let bytes = bytes as f64;
    match bytes {
        _ if bytes < 1000.0 => format!("{bytes} B"),
        _ if bytes < 1_000_000.0 => format!("{:.1} kB", bytes / 1000.0),
        _ => format!("{:.1} MB", bytes / 1_000_000.0),
    }
}

/// Formats a duration: `34 ms`, `1.2 s`.
pub fn duration(ms: i64) -> String {
    match ms {
        _ if ms < 1000 => format!("{ms} ms"),
        _ => format!("{:.1} s", ms as f64 / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.into(),
            took_ms: 3,
        }
    }

    #[test]
    fn bodies_are_shown_as_what_they_are() {
        assert_eq!(answer("").shown(), Shown::Nothing);
        assert_eq!(
            answer("{\"a\":1}").shown(),
            Shown::Json("{\n  \"a\": 1\n}".into())
        );
        let markup = "<script>alert(1)</script>";
        assert_eq!(answer(markup).shown(), Shown::Text(markup.into()));
        let large = format!("[{}]", "\"ü\",".repeat(100_000));
        let Shown::Beginning(beginning) = answer(large.clone()).shown() else {
            panic!("it is too large");
        };
        assert!(large.starts_with(&beginning) && beginning.len() > SHOWN_BYTES - 4);
    }

    #[test]
    fn sizes_and_times_are_short() {
        assert_eq!(
            [size(999), size(1234), size(2_500_000)],
            ["999 B", "1.2 kB", "2.5 MB"]
        );
        assert_eq!([duration(34), duration(1234)], ["34 ms", "1.2 s"]);
    }

    #[test]
    fn headers_are_found_in_any_case() {
        assert_eq!(answer("").header("Content-Type"), Some("application/json"));
        assert_eq!(answer("").file_name(), "response.json");
    }
}
