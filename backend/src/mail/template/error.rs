//! Template errors with line numbers.

/// Error while parsing or rendering a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    line: u32,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Missing(String),
    Other(String),
}

impl TemplateError {
    /// Creates an error; `reason` has no final period.
    pub fn new(line: u32, reason: impl Into<String>) -> Self {
        Self {
            line,
            kind: Kind::Other(reason.into()),
        }
    }

    /// Creates an error for an undefined variable, such as `user.name`.
    pub fn missing(line: u32, variable: impl Into<String>) -> Self {
        Self {
            line,
            kind: Kind::Missing(variable.into()),
        }
    }

    /// Returns the undefined variable, if that is the reason.
    pub fn missing_variable(&self) -> Option<&str> {
        match &self.kind {
            Kind::Missing(name) => Some(name),
            Kind::Other(_) => None,
        }
    }
}

impl std::fmt::Display for TemplateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.kind {
            Kind::Missing(name) => write!(f, "Line {}: the variable {name} is missing.", self.line),
            Kind::Other(reason) => write!(f, "Line {}: {reason}.", self.line),
        }
    }
}
