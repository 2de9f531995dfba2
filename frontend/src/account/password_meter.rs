//! Rates a new password while it is being typed.

use crate::ui::icon::{Icon, IconKind};
use crate::{account::password_strength::PasswordStrength, api::ApiError};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use shared::session::{PASSWORD_MIN_CHARS, PasswordVerdict};
use std::{rc::Rc, time::Duration};

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
    let check = Rc::new(check);
    let verdict = RwSignal::new(None::<(String, PasswordVerdict)>);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move || {
        let password_now = password.get();
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if password_now.chars().count() < PASSWORD_MIN_CHARS {
            return;
        }
        let check = check.clone();
        let ask = move || {
            spawn_local(async move {
                // If the request fails, the meter only shows that the password is long enough.
                if let Ok(response) = check(password_now.clone()).await {
                    verdict.try_set(Some((password_now, response)));
                }
            });
        };
        timer.set_value(set_timeout_with_handle(ask, DEBOUNCE).ok());
    });
    on_cleanup(move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    });
    let strength = Memo::new(move |_| {
        verdict.with(|verdict| {
            password.with(|password| {
                let verdict = verdict.as_ref();
                let of_this = verdict.filter(|(checked, _)| checked == password);
                PasswordStrength::new(password, of_this.map(|(_, verdict)| verdict))
            })
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
