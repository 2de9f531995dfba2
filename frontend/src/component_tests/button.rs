use super::{Page, settled};
use crate::ui::button::Button;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn changed_buttons_have_only_their_new_action() {
    let actions = RwSignal::new(vec!["Edit", "Rotate", "Disable"]);
    let clicked = RwSignal::new(Vec::new());
    let page = Page::render(move || {
        let button = move |action: &'static str| {
            view! {
                <Button
                    disabled=action == "Disable"
                    described_by=(action == "Disable").then(|| "why".to_owned())
                    on_click=move || clicked.update(|clicked| clicked.push(action))
                >
                    {action}
                </Button>
            }
        };
        move || actions.get().into_iter().map(button).collect_view()
    });
    page.click_button("Rotate").await;
    assert_eq!(clicked.get_untracked(), ["Rotate"]);
    actions.set(vec!["Edit", "Enable", "Revoke"]);
    settled().await;
    page.click_button("Enable").await;
    page.click_button("Revoke").await;
    assert_eq!(clicked.get_untracked(), ["Rotate", "Enable", "Revoke"]);
    assert!(page.query("[aria-describedby]").is_none());
}
