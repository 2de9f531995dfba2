use super::{Page, active_element, next_frame, press, settled};
use crate::keys::permission_matrix::PermissionMatrix;
use leptos::prelude::*;
use shared::{
    role::Role,
    scope::{GROUPS, Scope, ScopeSet},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, HtmlInputElement};

fn render(scopes: RwSignal<ScopeSet>) -> Page {
    Page::render(move || view! { <PermissionMatrix scopes role=Role::Owner /> })
}

/// Returns the check boxes of a group: the one for all, then one per scope.
fn boxes(page: &Page, group: usize) -> Vec<HtmlInputElement> {
    let groups = page.root.query_selector_all("fieldset").unwrap();
    let group: HtmlElement = groups
        .get(u32::try_from(group).unwrap())
        .unwrap()
        .unchecked_into();
    let boxes = group.query_selector_all("input").unwrap();
    (0..boxes.length())
        .map(|index| boxes.get(index).unwrap().unchecked_into())
        .collect()
}

#[wasm_bindgen_test]
async fn arrow_keys_move_between_the_check_boxes() {
    let page = render(RwSignal::new(ScopeSet::EMPTY));
    let all: Vec<_> = (0..GROUPS.len())
        .flat_map(|group| boxes(&page, group))
        .collect();
    let (first, second, last) = (&all[0], &all[1], &all[all.len() - 1]);
    first.focus().unwrap();
    press(first, "ArrowDown").await;
    assert_eq!(active_element(), **second);
    press(second, "ArrowUp").await;
    assert_eq!(active_element(), **first);
    press(first, "End").await;
    assert_eq!(active_element(), **last);
    press(last, "Home").await;
    assert_eq!(active_element(), **first);
    // Collapsed check boxes are left out.
    page.find(".matrix__toggle").click();
    settled().await;
    first.focus().unwrap();
    press(first, "ArrowDown").await;
    assert_eq!(active_element(), *boxes(&page, 1)[0]);
}

#[wasm_bindgen_test]
async fn group_box_checks_all_scopes_of_the_group() {
    let scopes = RwSignal::new(ScopeSet::EMPTY);
    let page = render(scopes);
    let group = boxes(&page, 0);
    group[1].click();
    settled().await;
    assert_eq!(scopes.get_untracked(), ScopeSet::of(&GROUPS[0].scopes[..1]));
    assert!(group[0].indeterminate(), "some, but not all");
    group[0].click();
    settled().await;
    assert_eq!(scopes.get_untracked(), ScopeSet::of(GROUPS[0].scopes));
    assert!(group.iter().all(HtmlInputElement::checked));
    assert!(!group[0].indeterminate());
    group[0].click();
    settled().await;
    assert_eq!(scopes.get_untracked(), ScopeSet::EMPTY);
}

#[wasm_bindgen_test]
async fn dangerous_scope_needs_a_confirmation() {
    let scopes = RwSignal::new(ScopeSet::EMPTY);
    let page = render(scopes);
    let dangerous = GROUPS
        .iter()
        .position(|group| group.scopes.contains(&Scope::AdminKeys))
        .unwrap();
    let at = GROUPS[dangerous]
        .scopes
        .iter()
        .position(|scope| *scope == Scope::AdminKeys)
        .unwrap();
    let check_box = boxes(&page, dangerous).remove(at + 1);
    check_box.click();
    next_frame().await;
    assert!(page.find("dialog").has_attribute("open"));
    assert!(!check_box.checked());
    page.click_button("Leave Out").await;
    assert_eq!(scopes.get_untracked(), ScopeSet::EMPTY);
    check_box.click();
    next_frame().await;
    page.click_button("Grant").await;
    assert_eq!(scopes.get_untracked(), ScopeSet::of(&[Scope::AdminKeys]));
    assert!(check_box.checked());
}
