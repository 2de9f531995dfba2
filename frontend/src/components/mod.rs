//! The building blocks of the pages, one component per file.

pub mod api_key_card;
pub mod busy_button;
pub mod copy_button;
pub mod dialog;
pub mod field;
pub mod icon;
pub mod key_generation_modal;
pub mod logo;
pub mod permission_list;
pub mod permission_matrix;
pub mod problem_notice;
pub mod relative_time;
pub mod revoke_dialog;
pub mod sentence;
pub mod skeletons;
pub mod status_badge;
pub mod sudo_dialog;
pub mod theme_switch;
pub mod toaster;
pub mod unique_id;
