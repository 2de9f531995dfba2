//! Output buffer with a size limit that is enforced while writing.

use super::{error::TemplateError, meter::Meter};
use serde::Serialize;
use std::io;

/// Collects text up to a limit.
pub struct Output {
    text: String,
    max_bytes: usize,
    is_html: bool,
}

impl Output {
    /// Creates an empty buffer. In HTML, values are escaped.
    pub fn new(max_bytes: usize, is_html: bool) -> Self {
        Self {
            text: String::new(),
            max_bytes,
            is_html,
        }
    }

    pub fn into_text(self) -> String {
        self.text
    }

    /// Writes literal text of the template.
    pub fn raw(&mut self, text: &str, line: u32, meter: &mut Meter) -> Result<(), TemplateError> {
        meter.step(line, text.len())?;
        self.push(text).map_err(|Full| self.full(line))
    }

    /// Writes the text of a value, escaped in HTML.
    pub fn value(&mut self, text: &str, line: u32, meter: &mut Meter) -> Result<(), TemplateError> {
        meter.step(line, text.len())?;
        self.push_value(text).map_err(|Full| self.full(line))
    }

    /// Writes a value as JSON.
    pub fn json(
        &mut self,
        value: &impl Serialize,
        line: u32,
        meter: &mut Meter,
    ) -> Result<(), TemplateError> {
        let before = self.text.len();
        let written = serde_json::to_writer(JsonWriter(self), value);
        meter.step(line, self.text.len() - before)?;
        written.map_err(|_| self.full(line))
    }

    fn full(&self, line: u32) -> TemplateError {
        let reason = format!("the text becomes longer than {} bytes", self.max_bytes);
        TemplateError::new(line, reason)
    }

    fn push(&mut self, text: &str) -> Result<(), Full> {
        if self.text.len() + text.len() > self.max_bytes {
            return Err(Full);
        }
        self.text.push_str(text);
        Ok(())
    }

    fn push_value(&mut self, text: &str) -> Result<(), Full> {
        if !self.is_html {
            return self.push(text);
        }
        let mut plain_from = 0;
        for (at, byte) in text.bytes().enumerate() {
            let escaped = match byte {
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'&' => "&amp;",
                b'"' => "&quot;",
                b'\'' => "&#x27;",
                b'/' => "&#x2f;",
                _ => continue,
            };
            self.push(&text[plain_from..at])?;
            self.push(escaped)?;
            plain_from = at + 1;
        }
        self.push(&text[plain_from..])
    }
}

struct Full;

struct JsonWriter<'o>(&'o mut Output);

impl io::Write for JsonWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // serde_json never splits a character.
        let text = str::from_utf8(bytes).map_err(io::Error::other)?;
        let pushed = self.0.push_value(text);
        pushed.map_err(|Full| io::Error::other("the text is too long"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
