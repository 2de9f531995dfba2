//! Limits on the cost of a template. All work is charged here, so that neither its author nor its
//! variables can exhaust CPU time or memory.

use super::error::TemplateError;
use crate::clock::Clock;
use shared::email::BODY_MAX_BYTES;
use std::time::Duration;

/// Maximum number of tokens in one part. A token takes 40 bytes and creates at most one node of the
/// tree.
pub const MAX_TOKENS: usize = 20_000;
/// Maximum nesting of blocks and expressions. Bounds the recursion of the parser, of the renderer
/// and of dropping the tree.
pub const MAX_DEPTH: usize = 24;
/// Maximum length of a chain of members, filters, arguments, operands, `not` or `elif`.
pub const MAX_CHAIN: usize = 64;
/// Maximum length of a name in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// Time limit for the three parts of an email together.
pub const TIME_LIMIT: Duration = Duration::from_millis(250);

/// Steps for the three parts together: one for each token, node and element, and one for every 64
/// bytes read or written.
const MAX_STEPS: usize = 300_000;
/// Bytes that filters and `~` may create in total.
const MAX_CREATED_BYTES: usize = 4 * BODY_MAX_BYTES;
/// Steps between two checks of the time limit.
const STEPS_PER_LOOK: usize = 256;

/// Remaining budget of one email.
pub struct Meter {
    clock: Clock,
    deadline: Duration,
    steps: usize,
    next_look: usize,
    created: usize,
}

impl Meter {
    /// Starts the clock with a full budget.
    pub fn start(clock: &Clock) -> Self {
        Self {
            deadline: clock.monotonic() + TIME_LIMIT,
            clock: clock.clone(),
            steps: 0,
            next_look: STEPS_PER_LOOK,
            created: 0,
        }
    }

    /// Returns `true` if the time limit has passed.
    pub fn is_over_time(&self) -> bool {
        self.clock.monotonic() > self.deadline
    }

    /// Charges one step, plus those for reading or writing this number of bytes.
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

    /// Charges a text of this size that a filter or `~` creates.
    pub fn create(&mut self, line: u32, bytes: usize) -> Result<(), TemplateError> {
        self.created = self.created.saturating_add(bytes);
        if self.created > MAX_CREATED_BYTES {
            let reason = "filters make too much text. Use shorter variables";
            return Err(TemplateError::new(line, reason));
        }
        self.step(line, bytes)
    }
}
