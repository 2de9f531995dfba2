use super::{FakeServer, Page, active_element, next_frame, press, provide_state, settled};
use crate::{
    api::ApiError,
    state::mutation::Mutation,
    ui::{
        dialog::Dialog,
        dialog_form::{DialogBody, DialogForm},
        field::Field,
    },
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlDialogElement, HtmlElement};

/// A button that opens a dialog with a form of one field.
fn render(server: &FakeServer<String, ()>) -> Page {
    let server = server.clone();
    Page::render(move || {
        provide_state();
        let open = RwSignal::new(false);
        let server = StoredValue::new_local(server);
        view! {
            <button on:click=move |_| open.set(true)>"Open"</button>
            <Dialog open title="Rename" on_dismiss=move || open.set(false)>
                {move || view! { <RenameForm server=server.get_value() open /> }}
            </Dialog>
        }
    })
}

#[component]
fn RenameForm(server: FakeServer<String, ()>, open: RwSignal<bool>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let missing = RwSignal::new(None);
    let rename = Mutation::new(
        async move |name: &String| server.ask(name.clone()).await,
        move |_, ()| open.set(false),
    );
    let submit = move || {
        let name = name.get_untracked();
        missing.set(name.is_empty().then(|| "Enter a name.".to_owned()));
        if !name.is_empty() {
            rename.dispatch(name);
        }
    };
    let error = rename.error();
    view! {
        <DialogForm
            pending=rename.pending()
            error
            on_submit=submit
            on_cancel=move || open.set(false)
            submit="Save"
        >
            <DialogBody error>
                <Field label="Name" value=name error=missing autofocus=true />
            </DialogBody>
        </DialogForm>
    }
}

fn dialog(page: &Page) -> HtmlDialogElement {
    page.find("dialog").unchecked_into()
}

/// Opens the dialog as a user of the keyboard would.
async fn open(page: &Page) -> HtmlElement {
    let button = page.find("button");
    button.focus().unwrap();
    button.click();
    next_frame().await;
    button
}

#[wasm_bindgen_test]
async fn opens_as_modal_with_the_focus_inside() {
    let page = render(&FakeServer::new());
    settled().await;
    assert!(!dialog(&page).open());
    assert!(page.query("form").is_none(), "the content is not rendered");
    open(&page).await;
    assert!(dialog(&page).matches(":modal").unwrap());
    assert_eq!(active_element(), page.find("input"));
    let heading = page.find("h2");
    assert_eq!(heading.inner_text(), "Rename");
    let name = dialog(&page).get_attribute("aria-labelledby");
    assert_eq!(name, Some(heading.id()));
}

#[wasm_bindgen_test]
async fn escape_closes_it_and_returns_the_focus() {
    let page = render(&FakeServer::new());
    let button = open(&page).await;
    press(&page.find("input"), "Escape").await;
    assert!(!dialog(&page).open());
    assert!(page.query("form").is_none(), "the input is removed");
    assert_eq!(active_element(), button);
}

#[wasm_bindgen_test]
async fn close_button_dismisses_it() {
    let page = render(&FakeServer::new());
    let button = open(&page).await;
    page.find("[aria-label=Close]").click();
    settled().await;
    assert!(!dialog(&page).open());
    assert_eq!(active_element(), button);
}

#[wasm_bindgen_test]
async fn stays_open_while_its_form_is_pending() {
    let server = FakeServer::new();
    let page = render(&server);
    open(&page).await;
    page.type_into("input", "Shop").await;
    page.click_button("Save").await;
    assert_eq!(server.questions(), ["Shop"]);
    press(&page.find("input"), "Escape").await;
    page.find("[aria-label=Close]").click();
    settled().await;
    assert!(dialog(&page).open());
    server.answer(0, Err(ApiError::Unreachable)).await;
    assert!(page.text().contains("The server cannot be reached."));
    press(&page.find("input"), "Escape").await;
    assert!(!dialog(&page).open());
    // The error was of the last opening.
    open(&page).await;
    assert!(page.query(".notice").is_none());
}

#[wasm_bindgen_test]
async fn first_invalid_field_is_focused() {
    let page = render(&FakeServer::new());
    open(&page).await;
    page.click_button("Save").await;
    next_frame().await;
    let input = page.find("input");
    assert_eq!(active_element(), input);
    assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
}
