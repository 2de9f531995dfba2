//! Form fields for path, query and header parameters.

use crate::try_it_out::tester::Tester;
use crate::ui::{binding::Binding, field::Field, unique_id::unique_id};
use leptos::prelude::*;
use shared::reference::{Parameter, ParameterLocation, Required};

/// One field per parameter, grouped by location.
#[component]
pub fn Parameters(tester: Tester) -> impl IntoView {
    let operation = tester.operation();
    let locations = [
        (ParameterLocation::Path, "Path"),
        (ParameterLocation::Query, "Query"),
        (ParameterLocation::Header, "Headers"),
    ];
    locations
        .map(|(location, title)| {
            let parameters: Vec<_> = operation.parameters_in(location).cloned().collect();
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
    let (location, field) = (parameter.location, parameter.field);
    let values = field.schema.values.iter();
    let values: Vec<_> = values
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect();
    let is_optional = field.required == Required::No;
    let name = field.name;
    let value = Signal::derive({
        let name = name.clone();
        move || {
            tester
                .draft
                .with(|draft| draft.value(location, &name).to_owned())
        }
    });
    let error = Signal::derive({
        let name = name.clone();
        move || {
            tester.invalid.with(|invalid| {
                let mut invalid = invalid.iter();
                let own = invalid.find(|it| it.location == location && it.name == name);
                own.map(|own| own.message.clone())
            })
        }
    });
    let set = SignalSetter::map({
        let name = name.clone();
        move |text: String| {
            tester
                .draft
                .update(|draft| draft.set(location, &name, &text));
            tester.invalid.update(|invalid| {
                invalid.retain(|it| (it.location, &it.name) != (location, &name));
            });
        }
    });
    let help = field.schema.description.replace('`', "");
    if values.is_empty() {
        return view! { <Field label=name value=Binding { value, set } help error optional=is_optional /> }
            .into_any();
    }
    let id = unique_id("parameter");
    let help_id = format!("{id}-help");
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>
                {name}
            </label>
            {is_optional.then(|| view! { <span class="field__optional">"Optional"</span> })}
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
