//! A request as code, in the language that the reader has chosen.

use super::{code_snippet::CodeSnippet, tab_list::TabList, unique_id::unique_id};
use crate::{
    logic::{
        openapi::HttpRequest,
        samples::{KEY_VARIABLE, Key, Language, sample},
    },
    state::code_language::CodeLanguage,
};
use leptos::prelude::*;

/// The request in each language, with tabs. The key is read from the environment.
#[component]
pub fn CodeSamples(
    /// The request.
    #[prop(into)]
    request: Signal<HttpRequest>,
) -> impl IntoView {
    let language = CodeLanguage::expect();
    let shown = Memo::new(move |_| {
        let mut all = Language::ALL.iter();
        all.position(|one| *one == language.get()).unwrap_or(0)
    });
    let labels = Language::ALL.map(|language| language.label().to_owned());
    let choose = move |index: usize| language.choose(Language::ALL[index]);
    let id = unique_id("samples");
    let panel_id = format!("{id}-panel");
    let tab_id = {
        let id = id.clone();
        move || format!("{id}-tab-{}", shown.get())
    };
    let code = move || {
        let language = Language::ALL[shown.get()];
        let code = request.with(|request| sample(language, request, Key::Variable));
        let name = format!("Example in {}", language.label());
        view! { <CodeSnippet language=language.highlighting() code name /> }
    };
    view! {
        <div class="tabs samples">
            <TabList labels=labels.to_vec() selected=shown on_select=choose name="Language" id />
            <div class="samples__panel" role="tabpanel" id=panel_id aria-labelledby=tab_id>
                {code}
            </div>
            <p class="samples__hint">
                "The key is read from the environment variable "
                <code class="code">{KEY_VARIABLE}</code> "."
            </p>
        </div>
    }
}
