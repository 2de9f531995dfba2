//! Rates a new password while it is being typed.

use crate::{
    account::password_strength::PasswordStrength,
    api::ApiError,
    state::{clock, query::Query},
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use shared::session::{PASSWORD_MIN_CHARS, PasswordVerdict};
use std::time::Duration;

/// Pause in typing before the server is queried.
const DEBOUNCE: Duration = Duration::from_millis(300);

/// A bar and a text that rate `password`. The server applies the same rule when the form is
/// submitted.
#[component]
pub fn PasswordMeter(
    /// The password so far.
    #[prop(into)]
    password: Signal<String>,
    /// Asks the server to rate the password. Only called if it is long enough.
    check: impl AsyncFn(String) -> Result<PasswordVerdict, ApiError> + 'static,
) -> impl IntoView {
    // If the request fails, the meter only shows that the password is long enough.
    let verdict = Query::of(
        move || password.get(),
        async move |password: String| {
            if password.chars().count() < PASSWORD_MIN_CHARS {
                return Ok(None);
            }
            // Another password drops this one.
            clock::sleep(DEBOUNCE).await;
            check(password).await.map(Some)
        },
    );
    let strength = Memo::new(move |_| {
        password.with(|password| {
            let of_this = |checked: &String, verdict: &Option<PasswordVerdict>| {
                verdict.clone().filter(|_| checked == password)
            };
            PasswordStrength::new(password, verdict.with(of_this).flatten().as_ref())
        })
    });
    let icon = Signal::derive(move || match strength.get() {
        PasswordStrength::Good => IconKind::CircleCheck,
        _ => IconKind::CircleAlert,
    });
    let is_good = move || strength.get() == PasswordStrength::Good;
    let is_bad = move || strength.with(|strength| strength.level() == 1);
    let is_known = Memo::new(move |_| is_good() || is_bad());
    view! {
        <div class="strength" class:is-good=is_good class:is-bad=is_bad>
            <div class="strength__bar" aria-hidden="true">
                {[1, 2, 3]
                    .map(|part| {
                        let is_filled = move || strength.with(|now| now.level() >= part);
                        view! { <span class="strength__part" class:is-filled=is_filled></span> }
                    })
                    .collect_view()}
            </div>
            <p class="strength__text" role="status">
                <Show when=move || is_known.get()>
                    <Icon kind=icon />
                </Show>
                {move || strength.with(PasswordStrength::text)}
            </p>
        </div>
    }
}
