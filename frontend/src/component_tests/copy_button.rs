use super::{Page, provide_state, settled};
use crate::ui::{copy_button::CopyButton, toaster::Toaster};
use js_sys::Function;
use leptos::{html, prelude::*};
use wasm_bindgen_test::wasm_bindgen_test;

/// Replaces the clipboard: the system's is not available to tests.
fn clipboard(write_text: &str) {
    let script = format!(
        "Object.defineProperty(navigator, 'clipboard', \
         {{ value: {{ writeText: {write_text} }}, configurable: true }})"
    );
    Function::new_no_args(&script)
        .call0(&window())
        .expect("the clipboard can be replaced");
}

fn render() -> Page {
    Page::render(|| {
        provide_state();
        let source = NodeRef::<html::Code>::new();
        view! {
            <code node_ref=source>"pm_test_1"</code>
            <CopyButton
                text=Signal::stored("pm_test_1".to_owned())
                label="Copy key"
                with_text=true
                source
            />
            <Toaster />
        }
    })
}

#[wasm_bindgen_test]
async fn copies_and_says_so() {
    clipboard("async text => { document.body.dataset.copied = text }");
    let page = render();
    page.click_button("Copy key").await;
    let copied = document().body().unwrap().dataset().get("copied");
    assert_eq!(copied.as_deref(), Some("pm_test_1"));
    assert_eq!(page.find("button").inner_text().trim(), "Copied");
    assert!(page.text().contains("Copied to the clipboard."));
}

#[wasm_bindgen_test]
async fn refused_copy_selects_the_text() {
    clipboard("async () => { throw new Error('not allowed') }");
    let page = render();
    page.click_button("Copy key").await;
    settled().await;
    let selected = window().get_selection().unwrap().unwrap().to_string();
    assert_eq!(selected, "pm_test_1");
    assert!(page.text().contains("did not allow copying"));
    assert_eq!(page.find("button").inner_text().trim(), "Copy key");
}
