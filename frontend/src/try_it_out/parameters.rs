//! Form fields for path, query and header parameters.

use crate::try_it_out::tester::Tester;
use crate::{
    docs::openapi::{Parameter, Place},
    ui::{field::Field, unique_id::unique_id},
};
use leptos::prelude::*;

/// One field per parameter, grouped by location.
#[component]
pub fn Parameters(tester: Tester) -> impl IntoView {
    let operation = tester.operation();
    let places = [
        (Place::Path, "Path"),
        (Place::Query, "Query"),
        (Place::Header, "Headers"),
    ];
    places
        .map(|(place, title)| {
            let parameters: Vec<_> = operation.parameters_in(place).cloned().collect();
            (!parameters.is_empty()).then(|| {
                view! {
                    <fieldset class="tester__fields">
                        <legend class="tester__legend">{title}</legend>
                        {parameters
                            .into_iter()
                            .map(|parameter| view! { <ParameterField tester parameter /> })
                            .collect_view()}
                    </fieldset>
                }
            })
        })
        .collect_view()
}

#[component]
fn ParameterField(tester: Tester, parameter: Parameter) -> impl IntoView {
    let document = tester.document();
    let row = document.field(&parameter.name, &parameter.schema);
    let values: Vec<String> = row
        .values
        .iter()
        .filter_map(|value| serde_json::from_str(value).ok())
        .collect();
    let (place, name) = (parameter.place, parameter.name.clone());
    let value = Signal::derive({
        let name = name.clone();
        move || {
            tester
                .draft
                .with(|draft| draft.value(place, &name).to_owned())
        }
    });
    let error = Signal::derive({
        let name = name.clone();
        move || {
            tester.faults.with(|faults| {
                let fault = faults
                    .iter()
                    .find(|fault| fault.place == place && fault.name == name);
                fault.map(|fault| fault.message.clone())
            })
        }
    });
    let set = SignalSetter::map({
        let name = name.clone();
        move |text: String| {
            tester.draft.update(|draft| draft.set(place, &name, &text));
            tester.faults.update(|faults| {
                faults.retain(|fault| (fault.place, &fault.name) != (place, &name));
            });
        }
    });
    let help = parameter.description.replace('`', "");
    if values.is_empty() {
        return view! { <Field label=name value set_value=set help error optional=!parameter.required /> }
            .into_any();
    }
    let id = unique_id("parameter");
    let help_id = format!("{id}-help");
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>
                {name}
            </label>
            {(!parameter.required).then(|| view! { <span class="field__optional">"Optional"</span> })}
            <select
                class="input"
                id=id.clone()
                aria-describedby=help_id.clone()
                prop:value=value
                on:change=move |event| set.set(event_target_value(&event))
            >
                <option value="">"Any"</option>
                {values
                    .into_iter()
                    .map(|value| view! { <option value=value.clone()>{value.clone()}</option> })
                    .collect_view()}
            </select>
            <p class="field__help" id=help_id>
                {help}
            </p>
        </div>
    }
    .into_any()
}
