//! Bounds on the cost of a template. Everything that a template does is charged here,
//! so that neither its author nor its variables decide how long it runs or how much
//! memory it takes.

use super::error::TemplateError;
use crate::clock::Clock;
use shared::email::BODY_MAX_BYTES;
use std::time::Duration;

/// Tokens in one part. A token takes 40 bytes, and makes at most one node of the tree.
pub const MAX_TOKENS: usize = 20_000;
/// Blocks and expressions inside one another. Bounds the recursion of the parser, of the
/// renderer and of dropping the tree.
pub const MAX_DEPTH: usize = 24;
/// Links of one chain: members, filters, arguments, operands, `not`, `elif`.
pub const MAX_CHAIN: usize = 64;
/// Characters of a name.
pub const MAX_NAME_CHARS: usize = 100;
/// The time for the three parts of an email together.
pub const TIME_LIMIT: Duration = Duration::from_millis(250);

/// Steps for the three parts together: one for each token, node and element, and one for
/// every 64 bytes that are read or written.
const MAX_STEPS: usize = 300_000;
/// Bytes that filters and `~` may create, all together.
const MAX_CREATED_BYTES: usize = 4 * BODY_MAX_BYTES;
/// Steps between two looks at the clock.
const STEPS_PER_LOOK: usize = 256;

/// The remaining budget of one email.
pub struct Meter {
    clock: Clock,
    deadline: Duration,
    steps: usize,
    next_look: usize,
    created: usize,
}

impl Meter {
    /// A full budget; the time starts to run.
    pub fn start(clock: &Clock) -> Self {
        Self {
            deadline: clock.monotonic() + TIME_LIMIT,
            clock: clock.clone(),
            steps: 0,
            next_look: STEPS_PER_LOOK,
            created: 0,
        }
    }

    /// Tells if the time is over.
    pub fn is_over_time(&self) -> bool {
        self.clock.monotonic() > self.deadline
    }

    /// Charges one step, and those for reading or writing so many bytes.
    pub fn step(&mut self, line: u32, bytes: usize) -> Result<(), TemplateError> {
        self.steps += 1 + bytes / 64;
        if self.steps > MAX_STEPS {
            let reason = "the template takes too many steps. Loop over fewer elements";
            return Err(TemplateError::new(line, reason));
        }
        if self.steps >= self.next_look {
            self.next_look = self.steps + STEPS_PER_LOOK;
            if self.is_over_time() {
                let reason = "the template takes too long. Loop over fewer elements";
                return Err(TemplateError::new(line, reason));
            }
        }
        Ok(())
    }

    /// Charges a text of so many bytes that a filter or `~` creates.
    pub fn create(&mut self, line: u32, bytes: usize) -> Result<(), TemplateError> {
        self.created = self.created.saturating_add(bytes);
        if self.created > MAX_CREATED_BYTES {
            let reason = "filters make too much text. Use shorter variables";
            return Err(TemplateError::new(line, reason));
        }
        self.step(line, bytes)
    }
}
