//! Code samples of a request, in the language that the reader has selected.

use crate::ui::{
    code_snippet::CodeSnippet, copy_button::CopyButton, tab_list::TabList, unique_id::unique_id,
};
use crate::{
    docs::{
        code_language::CodeLanguage,
        openapi::HttpRequest,
        samples::{KEY_VARIABLE, Key, Language, sample},
    },
    state::toasts::Toasts,
    try_it_out::{
        logic::credential::environment_of,
        state::{Choice, TryIt},
    },
};
use leptos::prelude::*;

/// The request in each language, with tabs. Samples read the key from the environment.
#[component]
pub fn CodeSamples(
    /// Request that the samples send.
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
            <div class="samples__hint">
                <p>
                    "The key is read from the environment variable "
                    <code class="code">{KEY_VARIABLE}</code> "."
                </p>
                <CopyWithKey request shown />
            </div>
        </div>
    }
}

/// Copies the sample with the key pasted into Try It Out, if there is one. The page itself never
/// shows that key.
#[component]
fn CopyWithKey(request: Signal<HttpRequest>, shown: Memo<usize>) -> impl IntoView {
    let toasts = Toasts::expect();
    let memory = use_context::<TryIt>();
    let key = Memo::new(move |_| {
        let memory = memory.filter(|memory| memory.choice.get() == Choice::Pasted)?;
        let pasted = memory.pasted.get().trim().to_owned();
        environment_of(&pasted).ok()?;
        Some(pasted)
    });
    let text = Signal::derive(move || {
        let language = Language::ALL[shown.get()];
        let key = key.get().unwrap_or_default();
        request.with(|request| sample(language, request, Key::Text(&key)))
    });
    let on_result = move |worked| {
        if worked {
            toasts.success("Copied with your key. Keep it where others cannot read it.");
        } else {
            toasts.error("The browser did not allow copying.");
        }
    };
    view! {
        <Show when=move || key.with(Option::is_some)>
            <CopyButton
                text
                label="Copy with key"
                with_text=true
                source=NodeRef::new()
                on_result=Callback::new(on_result)
            />
        </Show>
    }
}
