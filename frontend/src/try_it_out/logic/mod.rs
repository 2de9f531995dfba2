//! Browser-independent logic of Try It Out: key selection, side effects, response formatting, error
//! explanations and history.

pub mod answer;
pub mod credential;
pub mod explain;
pub mod history;
pub mod side_effect;
