//! Layouts around the pages.

pub mod auth_layout;
mod breadcrumbs;
pub mod guard;
mod nav;
pub mod shell;
mod sidebar;
mod topbar;
mod user_menu;
