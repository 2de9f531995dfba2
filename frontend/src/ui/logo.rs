//! Logo of the product: a penguin that carries an envelope.

use leptos::prelude::*;

/// Logo beside the product's name.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <span class="logo">
            <Mark />
            <span class="logo__name">"PenguinMails"</span>
        </span>
    }
}

/// Logo without the name. Keep its shapes in sync with `frontend/favicon.svg`.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="logo__mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <rect width="32" height="32" rx="8" fill="#0369a1"></rect>
            <path
                d="M16 4.5c-5 0-8.5 3.7-8.5 9.3V32h17V13.800c0-5.6-3.5-9.3-8.5-9.300Z"
                fill="#0b1727"
            ></path>
            <circle cx="12.7" cy="11.5" r="1.7" fill="#fff"></circle>
            <circle cx="19.3" cy="11.5" r="1.7" fill="#fff"></circle>
            <path d="M13.7 14h4.600L16 17Z" fill="#fbbf24"></path>
            <rect x="10" y="19" width="12" height="9" rx="1.2" fill="#fff"></rect>
            <path
                d="m10.5 19.8 5.5 4.4 5.5-4.4"
                fill="none"
                stroke="#0369a1"
                stroke-width="1.5"
                stroke-linejoin="round"
            ></path>
        </svg>
    }
}
