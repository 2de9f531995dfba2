//! What stands around the pages.

mod breadcrumbs;
pub mod entry;
pub mod guard;
mod nav;
pub mod shell;
mod sidebar;
mod topbar;
mod user_menu;
