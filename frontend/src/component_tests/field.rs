use super::{Page, settled};
use crate::ui::field::{Field, FieldKind};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlInputElement;

/// Returns the texts that describe the input.
fn descriptions(page: &Page) -> Vec<String> {
    let ids = page.find("input").get_attribute("aria-describedby");
    let ids = ids.unwrap_or_default();
    ids.split_whitespace()
        .map(|id| page.find(&format!("#{id}")).inner_text())
        .collect()
}

#[wasm_bindgen_test]
async fn label_and_value_belong_to_the_input() {
    let name = RwSignal::new("Shop".to_owned());
    let page = Page::render(move || view! { <Field label="Key Name" value=name autofocus=true /> });
    settled().await;
    let input: HtmlInputElement = page.find("input").unchecked_into();
    let label = page.find("label");
    assert_eq!(label.inner_text(), "Key Name");
    assert_eq!(label.get_attribute("for"), Some(input.id()));
    assert!(input.has_attribute("autofocus"));
    assert_eq!(input.value(), "Shop");
    page.type_into("input", "CRM").await;
    assert_eq!(name.get_untracked(), "CRM");
    name.set("Billing".to_owned());
    settled().await;
    assert_eq!(input.value(), "Billing");
}

#[wasm_bindgen_test]
async fn error_is_announced_before_the_help() {
    let error = RwSignal::new(None::<String>);
    let page = Page::render(move || {
        let value = RwSignal::new(String::new());
        view! { <Field label="Key Name" value error help="For your eyes." /> }
    });
    assert_eq!(descriptions(&page), ["For your eyes."]);
    assert!(!page.find("input").has_attribute("aria-invalid"));
    error.set(Some("Enter a name.".to_owned()));
    settled().await;
    assert_eq!(descriptions(&page), ["Enter a name.", "For your eyes."]);
    assert!(page.find("input").has_attribute("aria-invalid"));
    assert_eq!(page.find("[role=alert]").inner_text(), "Enter a name.");
}

#[wasm_bindgen_test]
async fn password_is_shown_on_request() {
    let page = Page::render(|| {
        let value = RwSignal::new("secret".to_owned());
        view! { <Field label="Password" kind=FieldKind::Password value /> }
    });
    let kind = || page.find("input").get_attribute("type");
    assert_eq!(kind().as_deref(), Some("password"));
    page.find("[aria-label='Show characters']").click();
    settled().await;
    assert_eq!(kind().as_deref(), Some("text"));
    page.find("[aria-label='Hide characters']").click();
    settled().await;
    assert_eq!(kind().as_deref(), Some("password"));
}
