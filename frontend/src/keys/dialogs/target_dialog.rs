use crate::ui::dialog::{Dialog, DialogSize};
use leptos::prelude::*;

/// Dialog for an action on `target`, open while there is one.
#[component]
pub fn TargetDialog<T, V>(
    target: RwSignal<Option<T>>,
    title: fn(&T) -> String,
    #[prop(optional)] size: DialogSize,
    /// Called when the user asks to close the dialog. Closes it by default.
    #[prop(into, optional)]
    on_dismiss: Option<Callback<()>>,
    /// Treats a click on the backdrop as a request to close.
    #[prop(into, default = Signal::from(true))]
    backdrop_dismisses: Signal<bool>,
    /// Renders the form, anew for each target.
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let children = StoredValue::new(children);
    let on_dismiss = on_dismiss.unwrap_or_else(|| Callback::new(move |()| target.set(None)));
    let title = move || target.with(|target| target.as_ref().map(title));
    view! {
        <Dialog
            open=Signal::derive(move || target.with(Option::is_some))
            title=Signal::derive(move || title().unwrap_or_default())
            on_dismiss
            size
            backdrop_dismisses
        >
            {move || target.get().map(|target| children.with_value(|children| children(target)))}
        </Dialog>
    }
}
