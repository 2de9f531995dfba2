//! Tests of components in a real browser: `.ci/component_tests.sh`.
//!
//! A test renders a view with [`Page::render`], acts like a user or answers like the server, awaits
//! [`settled`], and checks what a user notices: text, roles, focus.

mod remote;

use crate::api::ApiError;
use futures_channel::oneshot;
use js_sys::Promise;
use leptos::{mount::mount_to, prelude::*};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test_configure;
use web_sys::{Event, HtmlElement};

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
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(unmount) = self.view.take() {
            unmount();
        }
        self.root.remove();
    }
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

    /// Answers a request, counted from 0, and waits for the consequences.
    #[track_caller]
    fn answer(&self, request: usize, answer: Result<T, ApiError>) -> impl Future<Output = ()> {
        let sender = self.0.borrow_mut()[request].answer.take();
        // Nobody waits for a request whose answer is no longer wanted.
        sender.expect("was answered before").send(answer).ok();
        settled()
    }
}
