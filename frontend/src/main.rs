//! The dashboard: a single-page application, rendered in the browser.
//!
//! `app` has the routes and `chunks` the parts that are loaded on demand. Each feature has a folder
//! with its components, state and logic. `ui` has components without a feature, `layout` the frame
//! around the pages, `state` what they share. Only `api` and `try_it_out::api` call the server, and
//! only `state` uses browser storage. `logic` modules do not use the browser and are tested on the
//! host.

mod account;
mod api;
mod app;
mod billing;
mod chunks;
mod command_palette;
#[cfg(test)]
#[cfg(target_family = "wasm")]
mod component_tests;
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
