use super::{mutation::Mutation, session::Session, toasts::Toasts};

/// Creates the action that signs the user out. Shows errors as toasts.
pub fn sign_out() -> Mutation<()> {
    let (session, toasts) = (Session::expect(), Toasts::expect());
    Mutation::new(async move |()| session.sign_out().await, |(), ()| {})
        .on_error(move |error| toasts.error(error.message()))
}
