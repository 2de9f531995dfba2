//! The published documentation.

mod guides;
mod openapi;
mod operations;
