//! The dashboard: a single-page application, rendered in the browser.
//!
//! `app` has the route table, `chunks` what is loaded when it is first needed, `pages`
//! the pages, `components` their building blocks, `layout` what stands around them. `api` is the only module that talks
//! to the server, `state` the only one that touches the browser's storage, and
//! `logic` is free of the browser, so that it is tested on the host.

mod account;
mod api;
mod app;
mod billing;
mod chunks;
mod command_palette;
mod docs;
mod format;
mod keys;
mod layout;
mod logic;
mod overview;
mod pages;
mod state;
mod try_it_out;
mod ui;
mod usage;

use leptos::prelude::document;
use wasm_bindgen::JsCast;

fn main() {
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&info.to_string().into());
        // Shows the notice in `index.html` that the page must be reloaded.
        if let Some(root) = document().document_element() {
            root.class_list().add_1("has-crashed").ok();
        }
    }));
    let Some(root) = document().get_element_by_id("app") else {
        return;
    };
    // The dashboard lives as long as the page.
    leptos::mount::mount_to(root.unchecked_into(), app::App).forget();
    if let Some(placeholder) = document().get_element_by_id("boot") {
        placeholder.remove();
    }
}
