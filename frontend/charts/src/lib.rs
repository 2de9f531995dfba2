//! Pictures of numbers: what is to be drawn, and the only code that knows charts-rs.
//!
//! charts-rs and its font are larger than all pages together, so it runs in a worker
//! (`main.rs`), a WebAssembly program of its own. The dashboard uses the types alone, and
//! nothing of charts-rs gets into it.
//!
//! A picture has neither text nor values to read off: axes, legends and what is shown
//! under the pointer are the dashboard's, from its own numbers.
//! charts-rs computes in single precision, so exact values must not be read from a picture.

mod draw;
mod picture;

pub use draw::draw;
pub use picture::{FromWorker, Line, LinePicture, Order, Picture, PiePicture, Slice};
