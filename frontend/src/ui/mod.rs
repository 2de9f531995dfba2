//! Generic components: buttons, fields, dialogs and notices.

pub mod button;
pub mod code_snippet;
pub mod copy_button;
pub mod dialog;
pub mod dialog_form;
pub mod field;
pub mod focus;
pub mod form;
pub mod icon;
pub mod inline_code;
pub mod live_marker;
pub mod logo;
pub mod panel;
pub mod problem_notice;
pub mod rate_limit_indicator;
pub mod related;
pub mod relative_time;
pub mod remote_view;
pub mod selection;
pub mod sentence;
pub mod skeletons;
pub mod status_badge;
pub mod sudo_dialog;
pub mod theme_switch;
pub mod toaster;
pub mod unique_id;
