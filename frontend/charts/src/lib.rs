//! Chart pictures: the types that describe them, and the only code that depends on charts-rs.
//!
//! charts-rs and its font are larger than all pages together, so it runs in a worker (`main.rs`),
//! which is a separate WebAssembly program. The dashboard uses only the types, and doesn't link
//! charts-rs.
//!
//! A picture has no text: the dashboard renders axes, legends and the cursor from its exact
//! numbers. charts-rs computes in single precision, so exact values must not be read from a
//! picture.

mod draw;
mod picture;

pub use draw::draw;
pub use picture::{FromWorker, Line, LinePicture, Order, Picture, PiePicture, Slice};
