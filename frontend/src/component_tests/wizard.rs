use super::{Page, active_element, next_frame, provide_state, settled};
use crate::{
    keys::{creation::KeyCreation, key_generation_modal::wizard::Wizard},
    state::session::Session,
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

fn render() -> Page {
    Page::render(|| {
        provide_state();
        KeyCreation::provide(Session::expect());
        let dirty = RwSignal::new(false);
        view! {
            <Wizard dirty on_created=|_| {} on_cancel=|| {} />
            <p id="dirty">{move || if dirty.get() { "changed" } else { "pristine" }}</p>
        }
    })
}

fn step(page: &Page) -> String {
    page.find("[aria-current=step] .steps__label").inner_text()
}

#[wasm_bindgen_test]
async fn first_step_needs_a_name() {
    let page = render();
    settled().await;
    page.click_button("Next").await;
    next_frame().await;
    assert_eq!(step(&page), "Basic Information");
    let name = page.find("input");
    assert_eq!(active_element(), name);
    assert!(name.has_attribute("aria-invalid"));
    assert!(page.text().contains("Enter a name."));
    // The error disappears when the name is typed.
    page.type_into("input", "Shop").await;
    assert!(!page.text().contains("Enter a name."));
}

#[wasm_bindgen_test]
async fn draft_is_kept_on_the_way_back() {
    let page = render();
    settled().await;
    assert_eq!(page.find("#dirty").inner_text(), "pristine");
    page.type_into("input", "Shop").await;
    page.type_into("textarea", "Sends receipts").await;
    assert_eq!(page.find("#dirty").inner_text(), "changed");
    page.click_button("Next").await;
    next_frame().await;
    assert_eq!(step(&page), "Permissions");
    assert_eq!(active_element(), page.find("h3"), "the step is announced");
    page.click_button("Back").await;
    assert_eq!(step(&page), "Basic Information");
    let value = |selector| {
        page.find(selector)
            .unchecked_into::<HtmlInputElement>()
            .value()
    };
    assert_eq!(value("input"), "Shop");
    let description: HtmlTextAreaElement = page.find("textarea").unchecked_into();
    assert_eq!(description.value(), "Sends receipts");
}
