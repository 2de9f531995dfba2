use super::{FakeServer, Page, fire, settled};
use crate::{
    api::ApiError,
    state::{network::Network, remote::Remote},
    ui::remote_view::RemoteView,
};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// A page with the server's number, and a skeleton until then.
fn render(server: &FakeServer<(), u32>, version: RwSignal<u64>) -> Page {
    let server = server.clone();
    Page::render(move || {
        Network::provide();
        let remote = Remote::follow(move || version.get(), {
            let server = server.clone();
            async move || server.ask(()).await
        });
        view! {
            <RemoteView remote skeleton=|| "skeleton" children=|number| view! { <p>"Number " {number}</p> } />
        }
    })
}

#[wasm_bindgen_test]
async fn refetch_keeps_the_previous_value() {
    let server = FakeServer::new();
    let version = RwSignal::new(0);
    let page = render(&server, version);
    settled().await;
    assert_eq!(page.text(), "Loading…skeleton");
    server.answer(0, Ok(1)).await;
    assert_eq!(page.text(), "Number 1");
    let paragraph = page.find("p");
    version.set(1);
    settled().await;
    assert_eq!(page.text(), "Number 1");
    server.answer(1, Ok(2)).await;
    assert_eq!(page.text(), "Number 2");
    assert!(paragraph.is_connected(), "the view was rendered again");
}

#[wasm_bindgen_test]
async fn retry_after_failure() {
    let server = FakeServer::new();
    let page = render(&server, RwSignal::new(0));
    settled().await;
    server.answer(0, Err(ApiError::Unreachable)).await;
    assert!(
        page.find("[role=alert]")
            .inner_text()
            .contains("cannot be reached")
    );
    page.click_button("Try again").await;
    server.answer(1, Ok(1)).await;
    assert_eq!(page.text(), "Number 1");
}

#[wasm_bindgen_test]
async fn reconnect_retries_before_the_first_answer() {
    let server = FakeServer::new();
    let page = render(&server, RwSignal::new(0));
    fire("offline").await;
    server.answer(0, Err(ApiError::Unreachable)).await;
    fire("online").await;
    server.answer(1, Ok(1)).await;
    assert_eq!(page.text(), "Number 1");
    fire("offline").await;
    fire("online").await;
    assert_eq!(server.questions().len(), 2, "the answer was there");
}
