//! The way to the first call: which steps there are, and which are done.

/// What is known of a company's progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Whether there is a key that is not revoked.
    pub has_key: bool,
    /// Whether a key was ever used.
    pub has_called: bool,
}

/// A step, in the specification's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Needs to be done.
    GenerateKey,
    /// Comes later.
    InstallSdk,
    /// Needs to be done.
    FirstCall,
    /// May be done.
    Webhooks,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// It is done.
    Done,
    /// It is the next one to do.
    Next,
    /// It is still to do, after another one.
    Later,
    /// It may be done, at any time.
    Optional,
    /// It cannot be done yet.
    NotYet,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 4] = [
        Self::GenerateKey,
        Self::InstallSdk,
        Self::FirstCall,
        Self::Webhooks,
    ];

    /// As a person reads it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::GenerateKey => "Generate an API key",
            Self::InstallSdk => "Install SDK (optional)",
            Self::FirstCall => "Make your first API call",
            Self::Webhooks => "Set up webhooks (optional)",
        }
    }

    /// How far it is.
    pub const fn state(self, progress: Progress) -> StepState {
        match self {
            Self::GenerateKey if progress.has_key || progress.has_called => StepState::Done,
            Self::GenerateKey => StepState::Next,
            Self::InstallSdk => StepState::NotYet,
            Self::FirstCall if progress.has_called => StepState::Done,
            Self::FirstCall if progress.has_key => StepState::Next,
            Self::FirstCall => StepState::Later,
            Self::Webhooks => StepState::Optional,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(has_key: bool, has_called: bool) -> [StepState; 4] {
        let progress = Progress {
            has_key,
            has_called,
        };
        Step::ALL.map(|step| step.state(progress))
    }

    #[test]
    fn exactly_one_step_is_next_until_all_are_done() {
        use StepState::{Done, Later, Next, NotYet, Optional};
        assert_eq!(states(false, false), [Next, NotYet, Later, Optional]);
        assert_eq!(states(true, false), [Done, NotYet, Next, Optional]);
        assert_eq!(states(true, true), [Done, NotYet, Done, Optional]);
        // The key that was used is revoked by now: the way was walked all the same.
        assert_eq!(states(false, true), [Done, NotYet, Done, Optional]);
    }
}
