//! Shared state of the dashboard. Each part is a small `Copy` handle in a context. Only this module
//! uses local storage, and never stores secrets there.

pub mod chunk;
pub mod clipboard;
pub mod clock;
pub mod download;
pub mod live;
pub mod media;
pub mod mutation;
pub mod network;
pub mod overlays;
pub mod query;
pub mod served_page;
pub mod session;
pub mod sidebar;
pub mod sign_out;
pub mod storage;
pub mod sudo;
pub mod theme;
pub mod title;
pub mod toasts;
