//! Requirements of a call: authentication, scopes and rate limit.

use crate::docs::openapi::{Authentication, Operation, RateLimit, Scopes};
use leptos::prelude::*;
use std::sync::Arc;

/// Authentication, scopes and rate limit of an operation.
#[component]
pub fn Facts(
    /// Operation that is being described.
    operation: Arc<Operation>,
) -> impl IntoView {
    let authentication = match operation.authentication {
        Authentication::Bearer => "Required (Bearer Token)",
        Authentication::Other => "Required",
        Authentication::None => "Not required",
    };
    let limit = operation.rate_limit.map(|limit| match limit {
        RateLimit::PerMinute(count) => format!("{count} requests/minute"),
        RateLimit::Plan => "As your plan allows".to_owned(),
    });
    let needs_key = operation.authentication != Authentication::None;
    view! {
        <dl class="endpoint__facts">
            <div>
                <dt>"Authentication"</dt>
                <dd>{authentication}</dd>
            </div>
            {needs_key
                .then(|| {
                    view! {
                        <div>
                            <dt>"Required scope"</dt>
                            <dd>{scopes(&operation.scopes)}</dd>
                        </div>
                    }
                })}
            {limit
                .map(|limit| {
                    view! {
                        <div>
                            <dt>"Rate Limit"</dt>
                            <dd>{limit}</dd>
                        </div>
                    }
                })}
        </dl>
    }
}

fn scopes(scopes: &Scopes) -> impl IntoView + use<> {
    let is_mixed = !scopes.all_of.is_empty() && scopes.any_of.len() > 1;
    let all_of = scopes.all_of.iter().map(|name| (" and ", name));
    let any_of = scopes.any_of.iter().enumerate().map(|(index, name)| {
        let joint = match index {
            0 if is_mixed => " and one of ",
            0 => " and ",
            _ => " or ",
        };
        (joint, name)
    });
    let names = all_of
        .chain(any_of)
        .enumerate()
        .map(|(index, (joint, name))| {
            let joint = if index > 0 { joint } else { "" };
            let name = name.clone();
            view! {
                {joint}
                <code class="code">{name}</code>
            }
        });
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        "None: any valid key".into_any()
    } else {
        names.into_any()
    }
}
