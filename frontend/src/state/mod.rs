//! What the whole dashboard shares: who is signed in, the theme, messages, the
//! clock, the live stream. Each is a small `Copy` handle in a context. This is
//! also the only place that touches localStorage, and no secret ever goes there.

pub mod attempt;
pub mod chart_worker;
pub mod chunk;
pub mod clipboard;
pub mod clock;
pub mod code_language;
pub mod docs;
pub mod download;
pub mod fresh_key;
pub mod key_creation;
pub mod live;
pub mod network;
pub mod overlays;
pub mod remote;
pub mod session;
pub mod sidebar;
mod storage;
pub mod sudo;
pub mod theme;
pub mod title;
pub mod toasts;
pub mod try_it;
pub mod zone;

/// Puts every shared state into context. Called once, by the root component.
pub fn provide() {
    clock::Clock::provide();
    code_language::CodeLanguage::provide();
    let session = session::Session::provide();
    sudo::Sudo::provide(session);
    key_creation::KeyCreation::provide(session);
    fresh_key::FreshKey::provide();
    theme::ThemeState::provide();
    zone::ZoneState::provide();
    sidebar::SidebarState::provide();
    title::PageTitle::provide();
    toasts::Toasts::provide();
    overlays::Overlays::provide();
    let network = network::Network::provide();
    live::Live::provide(session, network);
}
