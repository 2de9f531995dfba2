//! What the tester computes: which key may be used, what a call does, how an answer is
//! shown and explained, what is remembered of a call.

pub mod answer;
pub mod credential;
pub mod explain;
pub mod history;
pub mod side_effect;
