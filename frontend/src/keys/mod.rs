//! API keys: list, cards, dialogs and the wizard that creates them.

pub mod api_key_card;
pub mod created_key;
pub mod created_key_state;
pub mod creation;
pub mod dialogs;
pub mod expiry_input;
pub mod ip_allowlist_input;
pub mod key_generation_modal;
pub mod logic;
pub mod manager;
pub mod permission_list;
pub mod permission_matrix;
