//! The reference of an operation, rendered from the OpenAPI document: description and parameters on
//! the left, examples on the right.

mod answers;
mod facts;
mod heading;
mod parameters;
mod prose;
mod request;
mod sdk_preview;

use crate::docs::openapi::{Document, Operation};
use answers::{AnswerExamples, Answers};
use facts::Facts;
use leptos::prelude::*;
use parameters::RequestParameters;
use prose::Prose;
use request::RequestExamples;
use std::sync::Arc;

/// The full reference of an operation, without Try It Out.
#[component]
pub fn EndpointReference(
    /// Resolves the schema references of the operation.
    document: Arc<Document>,
    operation: Arc<Operation>,
    /// True if Try It Out is on the same page.
    is_tried_here: bool,
) -> impl IntoView {
    let method_class = format!("method method--{}", operation.method.to_lowercase());
    view! {
        <div class="endpoint">
            <header class="endpoint__head">
                <p class="endpoint__group">{operation.group.clone()}</p>
                <h1 class="page-head__title">{operation.summary.clone()}</h1>
                <p class="endpoint__route">
                    <span class=method_class>{operation.method.clone()}</span>
                    <code>{path_with_breaks(&operation.path)}</code>
                    {is_tried_here
                        .then(|| {
                            view! {
                                <a class="endpoint__try" href="#try-it-out">
                                    "Try It Out"
                                </a>
                            }
                        })}
                </p>
                {operation
                    .deprecated
                    .then(|| {
                        view! {
                            <p class="notice notice--warning">
                                "This endpoint is deprecated: do not use it in new code."
                            </p>
                        }
                    })}
            </header>
            <div class="endpoint__columns">
                <div class="endpoint__prose">
                    <Facts operation=operation.clone() />
                    <section class="endpoint__description" aria-label="Description">
                        <Prose text=operation.description.clone() />
                    </section>
                    <RequestParameters document=document.clone() operation=operation.clone() />
                </div>
                <div class="endpoint__code">
                    <RequestExamples document=document.clone() operation=operation.clone() />
                </div>
            </div>
            <div class="endpoint__columns">
                <div class="endpoint__prose">
                    <Answers document=document.clone() operation=operation.clone() />
                </div>
                <div class="endpoint__code">
                    <AnswerExamples document operation />
                </div>
            </div>
        </div>
    }
}

/// Renders a path that can wrap after each segment.
fn path_with_breaks(path: &str) -> impl IntoView + use<> {
    let parts = path.split_inclusive('/').map(str::to_owned);
    parts.map(|part| view! { {part}<wbr /> }).collect_view()
}
