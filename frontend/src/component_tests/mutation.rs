use super::{FakeServer, Page, problem, provide_state, settled};
use crate::{
    api::ApiError,
    state::{live::Live, mutation::Mutation, sudo::Sudo},
};
use leptos::prelude::*;
use shared::error::ErrorCode;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen_test::wasm_bindgen_test;

/// A page that sends numbers and shows the progress, the last error and the doubled numbers.
struct Form {
    page: Page,
    server: FakeServer<u32, u32>,
    send: Mutation<u32>,
    sudo: Sudo,
    live: Live,
    responses: Rc<RefCell<Vec<(u32, u32)>>>,
}

async fn form() -> Form {
    let server = FakeServer::new();
    let responses = Rc::new(RefCell::new(Vec::new()));
    let handles = Rc::new(Cell::new(None));
    let page = Page::render({
        let (server, responses, handles) = (server.clone(), responses.clone(), handles.clone());
        move || {
            provide_state();
            let send = Mutation::new(
                async move |number: &u32| server.ask(*number).await,
                move |number, response| responses.borrow_mut().push((number, response)),
            );
            handles.set(Some((send, Sudo::expect(), Live::expect())));
            let (pending, error) = (send.pending(), send.error());
            view! {
                <p>{move || if pending.get() { "Pending" } else { "Idle" }}</p>
                <p>{move || error.get().map(|error| error.message())}</p>
            }
        }
    });
    settled().await;
    let (send, sudo, live) = handles.get().unwrap();
    Form {
        page,
        server,
        send,
        sudo,
        live,
        responses,
    }
}

const OFFLINE: &str = "The server cannot be reached.";

#[wasm_bindgen_test]
async fn second_submit_is_ignored_while_pending() {
    let form = form().await;
    form.send.dispatch(1);
    form.send.dispatch(2);
    settled().await;
    assert_eq!(form.page.text(), "Pending");
    assert_eq!(form.server.questions(), [1]);
    form.server.answer(0, Ok(10)).await;
    assert_eq!(form.page.text(), "Idle");
    assert_eq!(*form.responses.borrow(), [(1, 10)]);
    form.send.dispatch(2);
    settled().await;
    assert_eq!(form.server.questions(), [1, 2]);
}

#[wasm_bindgen_test]
async fn error_stays_until_the_next_try() {
    let form = form().await;
    form.send.dispatch(1);
    settled().await;
    form.server.answer(0, Err(ApiError::Unreachable)).await;
    assert_eq!(form.page.text(), format!("Idle {OFFLINE}"));
    form.send.dispatch(1);
    settled().await;
    assert_eq!(form.page.text(), "Pending");
    form.server.answer(1, Ok(10)).await;
    assert_eq!(form.page.text(), "Idle");
    assert_eq!(*form.responses.borrow(), [(1, 10)]);
}

#[wasm_bindgen_test]
async fn request_is_repeated_after_the_password_prompt() {
    let form = form().await;
    form.send.dispatch(7);
    settled().await;
    let required = problem(ErrorCode::SudoRequired);
    form.server.answer(0, Err(required)).await;
    assert!(untrack(|| form.sudo.is_open()));
    assert_eq!(form.page.text(), "Pending", "no error, and still busy");
    form.sudo.settle(true);
    settled().await;
    assert_eq!(form.server.questions(), [7, 7]);
    form.server.answer(1, Ok(70)).await;
    assert_eq!(form.page.text(), "Idle");
    assert_eq!(*form.responses.borrow(), [(7, 70)]);
}

#[wasm_bindgen_test]
async fn cancelled_password_prompt_is_no_error() {
    let form = form().await;
    form.send.dispatch(7);
    settled().await;
    let required = problem(ErrorCode::SudoRequired);
    form.server.answer(0, Err(required)).await;
    form.sudo.settle(false);
    settled().await;
    assert_eq!(form.page.text(), "Idle");
    assert_eq!(form.server.questions(), [7], "not repeated");
    assert!(form.responses.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn response_after_unmount_is_dropped() {
    for response in [Ok(10), Err(ApiError::Unreachable)] {
        let form = form().await;
        form.send.dispatch(1);
        settled().await;
        drop(form.page);
        form.server.answer(0, response).await;
        assert!(form.responses.borrow().is_empty());
    }
}

#[wasm_bindgen_test]
async fn conflict_refreshes_the_page() {
    let form = form().await;
    let live = form.live;
    let version = untrack(|| live.keys_version());
    form.send.dispatch(1);
    settled().await;
    form.server
        .answer(0, Err(problem(ErrorCode::KeyChanged)))
        .await;
    assert!(untrack(|| live.keys_version()) > version);
}
