//! The dialog that changes the plan.

use crate::{
    api,
    billing::quota,
    state::{live::Live, mutation::Mutation, toasts::Toasts},
    ui::{
        dialog::Dialog,
        dialog_form::{DialogBody, DialogForm},
    },
};
use leptos::prelude::*;
use shared::{
    number::grouped,
    plan::{Plan, PlanView},
    quota::Quota,
};

/// Asks for confirmation and changes the plan.
#[component]
pub fn ChangePlanDialog(
    current: Signal<PlanView>,
    /// The plan to change to; `None` closes the dialog.
    target: RwSignal<Option<Plan>>,
) -> impl IntoView {
    let open = Memo::new(move |_| target.get().is_some());
    let title = move || {
        let plan = target.get().map_or("", Plan::label);
        format!("Change to {plan}?")
    };
    view! {
        <Dialog open=open title=Signal::derive(title) on_dismiss=move || target.set(None)>
            {move || target.get().map(|plan| view! { <ChangePlanForm current plan target /> })}
        </Dialog>
    }
}

#[component]
fn ChangePlanForm(
    current: Signal<PlanView>,
    plan: Plan,
    target: RwSignal<Option<Plan>>,
) -> impl IntoView {
    let (toasts, live) = (Toasts::expect(), Live::expect());
    let change = Mutation::new(
        async |plan: &Plan| api::plan::change(*plan).await,
        move |plan, _| {
            toasts.success(format!("You are on the {} now.", plan.label()));
            target.set(None);
            live.touch();
        },
    );
    let error = change.error();
    let before = current.get_untracked();
    let limits = plan.limits();
    let mut rows = vec![
        row(
            "Requests per minute",
            before.limits.rate_per_minute,
            limits.rate_per_minute,
        ),
        row("Burst of requests", before.limits.burst, limits.burst),
    ];
    rows.extend(Quota::ALL.map(|kind| {
        let (before, after) = (before.plan.quotas().get(kind), plan.quotas().get(kind));
        (
            quota::label(kind).to_owned(),
            quota::amount(kind, before),
            quota::amount(kind, after),
        )
    }));
    view! {
        <DialogForm
            pending=change.pending()
            error
            on_submit=move || change.dispatch(plan)
            on_cancel=move || target.set(None)
            submit="Change plan"
        >
            <DialogBody error>
                <p>
                    "The new limits apply from the next request on. Usage is not reset, and nothing is deleted. Limits that the operator of this server has set for your company stay."
                </p>
                <table class="data-table data-table--flush">
                    <thead>
                        <tr>
                            <th scope="col">"Per environment"</th>
                            <th scope="col" class="is-number">"Now"</th>
                            <th scope="col" class="is-number">{plan.label()}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows
                            .into_iter()
                            .map(|(label, before, after)| {
                                view! {
                                    <tr>
                                        <th scope="row">{label}</th>
                                        <td class="is-number">{before}</td>
                                        <td class="is-number">{after}</td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </DialogBody>
        </DialogForm>
    }
}

fn row(label: &str, before: u32, after: u32) -> (String, String, String) {
    (
        label.to_owned(),
        grouped(before.into()),
        grouped(after.into()),
    )
}
