//! What the whole dashboard shares: who is signed in, the theme, messages, the
//! clock, the live stream. Each is a small `Copy` handle in a context. This is
//! also the only place that touches localStorage, and no secret ever goes there.

pub mod attempt;
pub mod chunk;
pub mod clipboard;
pub mod clock;
pub mod download;
pub mod live;
pub mod network;
pub mod overlays;
pub mod remote;
pub mod session;
pub mod sidebar;
pub mod storage;
pub mod sudo;
pub mod theme;
pub mod title;
pub mod toasts;
