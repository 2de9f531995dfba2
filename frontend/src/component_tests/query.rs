use super::{FakeServer, Page, fire, settled};
use crate::{
    api::ApiError,
    state::{
        clock::{self, Clock},
        network::Network,
        query::Query,
    },
    ui::query_view::QueryView,
};
use chrono::TimeDelta;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// A page with a number of the server.
struct NumberPage {
    page: Page,
    /// Is asked for the number of a key.
    server: FakeServer<&'static str, u32>,
    key: RwSignal<&'static str>,
    /// Refreshes the number.
    version: RwSignal<u64>,
}

impl NumberPage {
    /// Renders the page for key `a`.
    async fn render() -> Self {
        let (key, version) = (RwSignal::new("a"), RwSignal::new(0));
        let server = FakeServer::new();
        let client = server.clone();
        let page = Page::render(move || {
            Network::provide();
            let fetch = async move |key| client.ask(key).await;
            let query = Query::of(move || key.get(), fetch).refreshed_on(move || version.get());
            view! {
                <QueryView
                    query
                    skeleton=|| view! { <p>"skeleton"</p> }
                    children=move |number| {
                        view! {
                            <p id="number" aria-busy=move || query.is_busy().to_string()>
                                {number}
                                {move || (!query.is_current()).then_some(" previous")}
                                {move || query.is_stale().then_some(" stale")}
                            </p>
                        }
                    }
                />
            }
        });
        settled().await;
        Self {
            page,
            server,
            key,
            version,
        }
    }

    /// Renders the page and answers with the number 1.
    async fn render_loaded() -> Self {
        let it = Self::render().await;
        it.server.answer(0, Ok(1)).await;
        assert_eq!(it.page.text(), "1");
        it
    }

    async fn refresh(&self) {
        self.version.update(|version| *version += 1);
        settled().await;
    }

    async fn choose(&self, key: &'static str) {
        self.key.set(key);
        settled().await;
    }

    fn has_skeleton(&self) -> bool {
        self.page.text().contains("skeleton")
    }

    fn has_problem(&self) -> bool {
        self.page.query("[role=alert]").is_some()
    }

    fn is_busy(&self) -> bool {
        let number = self.page.find("#number");
        number.get_attribute("aria-busy").as_deref() == Some("true")
    }
}

#[wasm_bindgen_test]
async fn first_answer_replaces_the_skeleton() {
    let it = NumberPage::render().await;
    assert!(it.has_skeleton());
    assert_eq!(
        it.page
            .find("[role=status] > .visually-hidden")
            .inner_text(),
        "Loading…"
    );
    it.server.answer(0, Ok(1)).await;
    assert_eq!(it.page.text(), "1");
}

#[wasm_bindgen_test]
async fn refresh_keeps_the_previous_value_and_its_elements() {
    let it = NumberPage::render_loaded().await;
    let number = it.page.find("#number");
    it.refresh().await;
    assert_eq!(it.page.text(), "1");
    assert!(!it.is_busy(), "the user has not asked for anything");
    it.server.answer(1, Ok(2)).await;
    assert_eq!(it.page.text(), "2");
    assert!(number.is_connected(), "the view was rendered again");
}

#[wasm_bindgen_test]
async fn failed_refresh_keeps_the_data_as_stale() {
    let it = NumberPage::render_loaded().await;
    it.refresh().await;
    it.server.answer(1, Err(ApiError::Unreachable)).await;
    assert_eq!(it.page.text(), "1 stale");
    it.refresh().await;
    it.server.answer(2, Ok(2)).await;
    assert_eq!(it.page.text(), "2");
}

#[wasm_bindgen_test]
async fn refreshes_during_a_request_lead_to_one_more() {
    let it = NumberPage::render_loaded().await;
    for _ in 0..3 {
        it.refresh().await;
    }
    assert_eq!(it.server.questions().len(), 2, "one refresh at a time");
    it.server.answer(1, Ok(2)).await;
    assert_eq!(it.page.text(), "2");
    assert_eq!(
        it.server.questions().len(),
        3,
        "changes since the request was sent"
    );
    it.server.answer(2, Ok(3)).await;
    assert_eq!(it.page.text(), "3");
    assert_eq!(it.server.questions().len(), 3);
}

#[wasm_bindgen_test]
async fn retry_shows_the_skeleton_and_then_the_answer() {
    let it = NumberPage::render().await;
    it.server.answer(0, Err(ApiError::Unreachable)).await;
    assert!(
        it.page
            .find("[role=alert]")
            .inner_text()
            .contains("cannot be reached")
    );
    it.page.click_button("Try again").await;
    assert!(it.has_skeleton() && !it.has_problem());
    it.server.answer(1, Ok(1)).await;
    assert_eq!(it.page.text(), "1");
}

#[wasm_bindgen_test]
async fn refresh_after_a_failure_is_shown() {
    let it = NumberPage::render().await;
    it.server.answer(0, Err(ApiError::Unreachable)).await;
    let problem = it.page.find("[role=alert]");
    it.refresh().await;
    it.server.answer(1, Err(ApiError::PartMissing)).await;
    assert!(problem.is_connected(), "the error was announced again");
    it.refresh().await;
    it.server.answer(2, Ok(1)).await;
    assert_eq!(it.page.text(), "1");
}

#[wasm_bindgen_test]
async fn data_of_the_last_key_stays_until_the_answer() {
    let it = NumberPage::render_loaded().await;
    it.choose("b").await;
    assert_eq!(it.page.text(), "1 previous");
    assert!(it.is_busy());
    it.server.answer(1, Ok(2)).await;
    assert_eq!(it.page.text(), "2");
    assert!(!it.is_busy());
    assert_eq!(it.server.questions(), ["a", "b"]);
}

#[wasm_bindgen_test]
async fn data_of_the_last_key_is_not_shown_after_a_failure() {
    let it = NumberPage::render_loaded().await;
    it.choose("b").await;
    it.server.answer(1, Err(ApiError::Unreachable)).await;
    assert!(it.has_problem());
    assert!(it.page.query("#number").is_none());
    it.choose("a").await;
    assert!(it.has_skeleton());
    it.server.answer(2, Ok(1)).await;
    assert_eq!(it.page.text(), "1");
}

#[wasm_bindgen_test]
async fn late_answer_for_another_key_is_dropped() {
    let it = NumberPage::render_loaded().await;
    it.choose("b").await;
    it.choose("c").await;
    assert_eq!(it.server.questions(), ["a", "b", "c"], "did not wait for b");
    it.server.answer(2, Ok(3)).await;
    it.server.answer(1, Ok(2)).await;
    assert_eq!(it.page.text(), "3");
}

#[wasm_bindgen_test]
async fn late_answer_arriving_first_is_dropped() {
    let it = NumberPage::render().await;
    it.choose("b").await;
    it.server.answer(0, Ok(1)).await;
    assert!(it.has_skeleton());
    it.server.answer(1, Ok(2)).await;
    assert_eq!(it.page.text(), "2");
}

#[wasm_bindgen_test]
async fn refresh_during_a_changed_key_fetches_the_new_key() {
    let it = NumberPage::render_loaded().await;
    it.refresh().await;
    it.choose("b").await;
    it.server.answer(2, Ok(2)).await;
    assert_eq!(it.page.text(), "2");
    assert_eq!(it.server.questions(), ["a", "a", "b"]);
}

#[wasm_bindgen_test]
async fn reconnect_retries_before_the_first_answer() {
    let it = NumberPage::render().await;
    fire("offline").await;
    it.server.answer(0, Err(ApiError::Unreachable)).await;
    assert!(it.has_problem());
    fire("online").await;
    it.server.answer(1, Ok(1)).await;
    assert_eq!(it.page.text(), "1");
    fire("offline").await;
    fire("online").await;
    assert_eq!(it.server.questions().len(), 2, "the answer was there");
}

#[wasm_bindgen_test]
async fn data_is_refreshed_by_age_while_the_page_is_visible() {
    let server = FakeServer::new();
    let client = server.clone();
    let now = RwSignal::new(clock::now());
    let visible = RwSignal::new(true);
    let _page = Page::render(move || {
        Network::provide();
        Clock::provide_as(now);
        let query = Query::new(async move || client.ask(()).await);
        query.refreshed_after(TimeDelta::seconds(60), visible.into());
    });
    settled().await;
    server.answer(0, Ok(1)).await;
    let advance = async |seconds| {
        now.update(|now| *now += TimeDelta::seconds(seconds));
        settled().await;
        server.questions().len()
    };
    assert_eq!(advance(50).await, 1);
    visible.set(false);
    assert_eq!(advance(20).await, 1);
    visible.set(true);
    settled().await;
    assert_eq!(
        server.questions().len(),
        2,
        "after its return, the page is old"
    );
}

#[wasm_bindgen_test]
async fn request_ends_with_the_page() {
    let NumberPage { page, server, .. } = NumberPage::render().await;
    assert!(server.is_awaited(0));
    drop(page);
    settled().await;
    assert!(!server.is_awaited(0));
}
