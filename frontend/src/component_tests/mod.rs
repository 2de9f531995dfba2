//! Tests of components in a real browser: `.ci/component_tests.sh`.
//!
//! A test renders a view with [`Page::render`], acts like a user or answers like the server, awaits
//! [`settled`], and checks what a user notices: text, roles, focus.

mod button;
mod copy_button;
mod dialog;
mod field;
mod mutation;
mod permission_matrix;
mod query;
mod wizard;

use crate::{
    api::ApiError,
    logic::next_path::LOGIN,
    state::{
        clock::Clock, live::Live, network::Network, session::Session, sudo::Sudo, toasts::Toasts,
    },
};
use futures_channel::oneshot;
use js_sys::{Function, Promise};
use leptos::{mount::mount_to, prelude::*};
use shared::error::{ErrorCode, Problem};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test_configure;
use web_sys::{Element, Event, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

/// A rendered view. Dropping it removes the view from the document.
struct Page {
    root: HtmlElement,
    view: Option<Box<dyn FnOnce()>>,
}

impl Page {
    /// Renders a view, with the contexts that `view` provides.
    fn render<V: IntoView + 'static>(view: impl FnOnce() -> V + 'static) -> Self {
        let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        document().body().unwrap().append_child(&root).unwrap();
        let handle = mount_to(root.clone(), view);
        Self {
            root,
            view: Some(Box::new(move || drop(handle))),
        }
    }

    /// Returns the visible text, with single spaces.
    fn text(&self) -> String {
        let text = self.root.inner_text();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Returns the first element that matches a CSS selector.
    fn query(&self, selector: &str) -> Option<HtmlElement> {
        let found = self.root.query_selector(selector).unwrap();
        found.map(JsCast::unchecked_into)
    }

    /// Returns the first element that matches a CSS selector. Fails without one.
    #[track_caller]
    fn find(&self, selector: &str) -> HtmlElement {
        let html = || self.root.inner_html();
        self.query(selector)
            .unwrap_or_else(|| panic!("no {selector} in {}", html()))
    }

    /// Clicks the button with this text, as a user would, and waits for the consequences.
    #[track_caller]
    fn click_button(&self, text: &str) -> impl Future<Output = ()> {
        let buttons = self.root.query_selector_all("button").unwrap();
        let button = (0..buttons.length())
            .filter_map(|index| buttons.get(index)?.dyn_into::<HtmlElement>().ok())
            .find(|button| button.inner_text().trim() == text)
            .unwrap_or_else(|| panic!("no button {text:?} in {}", self.root.inner_html()));
        button.click();
        settled()
    }

    /// Replaces the text of an input, as a user would, and waits for the consequences.
    #[track_caller]
    fn type_into(&self, selector: &str, text: &str) -> impl Future<Output = ()> {
        let script =
            "input.value = text; input.dispatchEvent(new Event('input', { bubbles: true }))";
        Function::new_with_args("input, text", script)
            .call2(&JsValue::NULL, &self.find(selector), &text.into())
            .unwrap();
        settled()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(unmount) = self.view.take() {
            unmount();
        }
        self.root.remove();
    }
}

/// Provides the shared state of the dashboard, signed out.
fn provide_state() {
    // The session is not fetched on the sign-in page.
    let history = window().history().unwrap();
    history
        .replace_state_with_url(&JsValue::NULL, "", Some(LOGIN))
        .unwrap();
    Clock::provide();
    let session = Session::provide();
    Sudo::provide(session);
    Toasts::provide();
    let network = Network::provide();
    Live::provide(session, network);
}

/// An error response of the server.
fn problem(code: ErrorCode) -> ApiError {
    ApiError::Problem(Box::new(Problem {
        type_url: String::new(),
        title: code.title().into(),
        status: 400,
        detail: String::new(),
        error: code,
        message: code.title().into(),
        request_id: String::new(),
        retry_after: None,
        required_scope: None,
        limit: None,
        errors: Vec::new(),
    }))
}

/// Returns the element with the focus.
fn active_element() -> HtmlElement {
    document().active_element().unwrap().unchecked_into()
}

/// Presses a key on an element, and waits for the consequences.
fn press(element: &Element, key: &str) -> impl Future<Output = ()> {
    let script = "element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))";
    Function::new_with_args("element, key", script)
        .call2(&JsValue::NULL, element, &key.into())
        .unwrap();
    settled()
}

/// Waits until the next frame was rendered, which moves of the focus wait for.
async fn next_frame() {
    let frame = Promise::new(&mut |resolve, _| {
        window().request_animation_frame(&resolve).unwrap();
    });
    JsFuture::from(frame).await.unwrap();
    settled().await;
}

/// Waits until effects have run and answered futures have completed: all of them are microtasks,
/// which the browser completes before it begins the next task.
async fn settled() {
    let task = Promise::new(&mut |resolve, _| {
        window()
            .set_timeout_with_callback(&resolve)
            .expect("windows have timers");
    });
    JsFuture::from(task).await.unwrap();
}

/// Fires an event at the window, such as `offline`, and waits for the consequences.
fn fire(event: &str) -> impl Future<Output = ()> {
    window()
        .dispatch_event(&Event::new(event).unwrap())
        .unwrap();
    settled()
}

/// A server that answers when the test says so. `Q` is what it is asked for.
struct FakeServer<Q, T>(Rc<RefCell<Vec<Request<Q, T>>>>);

struct Request<Q, T> {
    question: Q,
    answer: Option<oneshot::Sender<Result<T, ApiError>>>,
}

impl<Q, T> Clone for FakeServer<Q, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q: Clone, T> FakeServer<Q, T> {
    fn new() -> Self {
        Self(Rc::default())
    }

    /// Sends a request.
    async fn ask(&self, question: Q) -> Result<T, ApiError> {
        let (sender, answer) = oneshot::channel();
        self.0.borrow_mut().push(Request {
            question,
            answer: Some(sender),
        });
        answer.await.unwrap_or(Err(ApiError::Unreachable))
    }

    /// Returns all requests since the beginning.
    fn questions(&self) -> Vec<Q> {
        let requests = self.0.borrow();
        requests.iter().map(|it| it.question.clone()).collect()
    }

    /// Returns `true` while somebody awaits the answer to a request, counted from 0.
    fn is_awaited(&self, request: usize) -> bool {
        let answer = &self.0.borrow()[request].answer;
        answer.as_ref().is_some_and(|answer| !answer.is_canceled())
    }

    /// Answers a request, counted from 0, and waits for the consequences.
    #[track_caller]
    fn answer(&self, request: usize, answer: Result<T, ApiError>) -> impl Future<Output = ()> {
        let sender = self.0.borrow_mut()[request].answer.take();
        // Nobody waits for a request whose answer is no longer wanted.
        sender.expect("was answered before").send(answer).ok();
        settled()
    }
}
