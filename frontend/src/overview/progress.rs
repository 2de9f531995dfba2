//! Steps to the first API call, with their states.

/// Progress of a tenant's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Set if there is an active key.
    pub has_key: bool,
    /// Set if any key was ever used.
    pub has_called: bool,
}

/// Step with the text of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    GenerateKey,
    /// No SDK is available yet.
    InstallSdk,
    FirstCall,
    Webhooks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done,
    /// First unfinished required step.
    Next,
    /// Blocked by an earlier step.
    Later,
    /// Can be done at any time, but is not required.
    Optional,
    /// Waiting for a future release.
    NotYet,
}

impl Step {
    /// All steps in order.
    pub const ALL: [Self; 4] = [
        Self::GenerateKey,
        Self::InstallSdk,
        Self::FirstCall,
        Self::Webhooks,
    ];

    pub const fn label(self) -> &'static str {
        match self {
            Self::GenerateKey => "Generate an API key",
            Self::InstallSdk => "Install SDK (optional)",
            Self::FirstCall => "Make your first API call",
            Self::Webhooks => "Set up webhooks (optional)",
        }
    }

    /// Returns the step's state.
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
        // The used key has been revoked since: the step stays done.
        assert_eq!(states(false, true), [Done, NotYet, Done, Optional]);
    }
}
