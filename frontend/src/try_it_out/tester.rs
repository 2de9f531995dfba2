//! State and actions of Try It Out on an operation's page.

use crate::try_it_out::keys::usable_keys;
use crate::{
    api::{self, ApiError},
    keys::logic::rights::{because, not_grantable},
    state::{live::Live, mutation::Mutation, query::Query, session::Session, toasts::Toasts},
    try_it_out::{
        api::Cancel,
        call::{Call, Credential, Outcome, send},
        logic::{
            body_errors::{BodyError, body_errors},
            credential::{environment_of, missing_scopes, pick_key},
            side_effect::SideEffect,
        },
        state::{Choice, TryIt},
    },
    ui::focus::focus_first_invalid,
};
use leptos::{html, prelude::*};
use shared::{
    code_samples::{Key, Language, sample},
    key::{CreateKey, Environment, KeyView},
    reference::{Draft, HttpRequest, InvalidParameter, Operation, build},
    role::Role,
    scope::{Scope, ScopeSet},
};
use std::sync::Arc;

/// A request with its credential.
type Ready = (HttpRequest, Credential);

/// Inputs of a tester, which never change.
struct Given {
    operation: Arc<Operation>,
    keys: Query<Vec<KeyView>>,
    send: Mutation<Call>,
    create_key: Mutation<CreateKey>,
    memory: TryIt,
    role: Role,
}

/// Try It Out on an operation's page.
#[derive(Clone, Copy)]
pub struct Tester {
    given: StoredValue<Given>,
    pub draft: RwSignal<Draft>,
    /// Invalid parameters of the last attempt to send.
    pub invalid: RwSignal<Vec<InvalidParameter>>,
    /// Error message about the key.
    pub key_error: RwSignal<Option<String>>,
    pub outcome: RwSignal<Option<Outcome>>,
    /// The call on production data that waits for confirmation.
    pub unconfirmed: RwSignal<Option<Ready>>,
    pub form: NodeRef<html::Form>,
    lacked_body: RwSignal<bool>,
    sending: RwSignal<bool>,
    cancel: StoredValue<Option<Cancel>, LocalStorage>,
}

impl Tester {
    /// Creates the state, with the example of the reference or the restored input of a past call.
    pub fn new(operation: Arc<Operation>) -> Self {
        let (memory, live) = (TryIt::expect(), Live::expect());
        let draft = memory.take_reopened(&operation.listed.id);
        let draft = draft.unwrap_or_else(|| Draft::example(&operation));
        let (key_error, outcome) = (RwSignal::new(None), RwSignal::new(None));
        let (sending, toasts) = (RwSignal::new(false), Toasts::expect());
        let called = operation.clone();
        let send = Mutation::new(
            async move |call: &Call| send(memory, &called, call, sending).await,
            move |_, answer| outcome.set(Some(answer)),
        );
        let create_key = Mutation::new(
            async |request: &CreateKey| api::keys::create(request).await,
            move |_, created| {
                memory.choice.set(Choice::Own(created.key.id.clone()));
                key_error.set(None);
                toasts.success(format!("Created the test key “{}”.", created.key.name));
                // Reloads all key lists on the page.
                live.touch();
            },
        );
        let tester = Self {
            given: StoredValue::new(Given {
                operation,
                keys: Query::new(usable_keys).refreshed_on(move || live.keys_version()),
                send,
                create_key,
                memory,
                role: Session::expect().role_untracked(),
            }),
            draft: RwSignal::new(draft),
            invalid: RwSignal::new(Vec::new()),
            key_error,
            outcome,
            unconfirmed: RwSignal::new(None),
            lacked_body: RwSignal::new(false),
            form: NodeRef::new(),
            sending,
            cancel: StoredValue::new_local(None),
        };
        // The response is no longer needed.
        on_cleanup(move || tester.cancel());
        tester
    }

    pub fn operation(self) -> Arc<Operation> {
        self.given.with_value(|given| given.operation.clone())
    }

    /// Returns the state shared between pages.
    pub fn memory(self) -> TryIt {
        self.given.with_value(|given| given.memory)
    }

    /// Returns the role of the person in the company, which the service enforces.
    pub fn role(self) -> Role {
        self.given.with_value(|given| given.role)
    }

    /// Returns the active and rotating keys of the company.
    pub fn keys(self) -> Query<Vec<KeyView>> {
        self.given.with_value(|given| given.keys)
    }

    /// Creates a key and selects it.
    pub fn create_key(self, request: CreateKey) {
        if !self.busy().get_untracked() {
            self.send_mutation().reset();
            self.key_mutation().dispatch(request);
        }
    }

    /// Returns the error of the last token or key that could not be created (tracked).
    pub fn error(self) -> Option<ApiError> {
        let of_key = self.key_mutation().error().get();
        of_key.or_else(|| self.send_mutation().error().get())
    }

    fn send_mutation(self) -> Mutation<Call> {
        self.given.with_value(|given| given.send)
    }

    fn key_mutation(self) -> Mutation<CreateKey> {
        self.given.with_value(|given| given.create_key)
    }

    /// Resets the form to the example of the reference.
    pub fn reset(self) {
        let example = Draft::example(&self.operation());
        self.draft.set(example);
        self.invalid.set(Vec::new());
    }

    /// Validates the body (tracked). An empty body has no errors.
    pub fn body_errors(self) -> Vec<BodyError> {
        let operation = self.operation();
        let Some(body) = &operation.body else {
            return Vec::new();
        };
        self.draft.with(|draft| {
            if draft.body.trim().is_empty() {
                Vec::new()
            } else {
                body_errors(&body.media.schema, &draft.body)
            }
        })
    }

    /// Returns true if a call was refused because the body was missing, and it still is (tracked).
    pub fn is_body_missing(self) -> bool {
        self.lacked_body.get() && self.draft.with(|draft| draft.lacks_body(&self.operation()))
    }

    /// Returns the key for calls (tracked): the selected one, or a test key with the required
    /// scopes. `None` for a pasted key.
    pub fn key(self) -> Option<KeyView> {
        let keys = self.keys().data()?;
        match self.memory().choice.get() {
            Choice::Pasted => None,
            Choice::Own(id) => keys.into_iter().find(|key| key.id == id),
            Choice::Suitable => {
                let operation = self.operation();
                pick_key(self.role(), &keys, &operation.scopes).cloned()
            }
        }
    }

    /// Returns the scopes that a key is missing for the operation.
    pub fn missing_scopes(self, key: &KeyView) -> Vec<Scope> {
        missing_scopes(self.role(), key, &self.operation().scopes)
    }

    /// Returns the reason why this user can't try out the key.
    pub fn refusal(self, key: &KeyView) -> Option<String> {
        let permissions = ScopeSet::of(&key.permissions);
        because("try out", not_grantable(self.role(), permissions))
    }

    /// Returns the environment of calls (tracked). `None` without a key.
    pub fn environment(self) -> Option<Environment> {
        match self.memory().choice.get() {
            Choice::Pasted => self.memory().pasted.with(|key| environment_of(key)).ok(),
            _ => self.key().map(|key| key.environment),
        }
    }

    /// Returns true if calls affect production data (tracked).
    pub fn is_live(self) -> bool {
        self.environment() == Some(Environment::Live)
    }

    /// Returns true while a call is being prepared or sent.
    pub fn busy(self) -> Signal<bool> {
        let (send, create_key) = (self.send_mutation(), self.key_mutation());
        Signal::derive(move || send.pending().get() || create_key.pending().get())
    }

    /// Returns true while a call is being sent (tracked).
    pub fn is_sending(self) -> bool {
        self.sending.get()
    }

    /// Sends the request. A call that changes production data must be confirmed first.
    pub fn send(self) {
        if self.busy().get_untracked() {
            return;
        }
        let Some((request, credential)) = untrack(|| self.ready()) else {
            // The last response doesn't match the current input.
            self.outcome.set(None);
            focus_first_invalid(self.form);
            return;
        };
        let only_reads = SideEffect::of(&self.operation()).is_none();
        if untrack(|| self.is_live()) && !only_reads {
            self.unconfirmed.set(Some((request, credential)));
        } else {
            self.really_send(request, credential);
        }
    }

    /// Validates the form. Returns the request if everything is valid.
    fn ready(self) -> Option<Ready> {
        let operation = self.operation();
        let request = self.draft.with(|draft| build("", &operation, draft));
        self.invalid
            .set(request.as_ref().err().cloned().unwrap_or_default());
        let lacks_body = self.draft.with(|draft| draft.lacks_body(&operation));
        self.lacked_body.set(lacks_body);
        let credential = self.credential();
        self.key_error
            .set(credential.as_ref().err().map(|error| (*error).to_owned()));
        let ready = (request.ok()?, credential.ok()?);
        (!lacks_body).then_some(ready)
    }

    fn credential(self) -> Result<Credential, &'static str> {
        match self.memory().choice.get() {
            Choice::Pasted => {
                let pasted = self.memory().pasted.get();
                environment_of(&pasted)?;
                Ok(Credential::Pasted(pasted.trim().to_owned()))
            }
            _ => match self.key() {
                Some(key) => Ok(Credential::Own(Box::new(key.id))),
                None => Err("Choose a key, or paste one."),
            },
        }
    }

    /// Sends a request without confirmation. Creates a playground token first if necessary.
    pub fn really_send(self, request: HttpRequest, credential: Credential) {
        let Some(cancel) = Cancel::new() else {
            return;
        };
        // The last response must not be mistaken for this call's.
        self.outcome.set(None);
        let call = Call {
            request,
            credential,
            draft: self.draft.get_untracked(),
            cancelled: cancel.signal(),
        };
        self.cancel.set_value(Some(cancel));
        self.key_mutation().reset();
        self.send_mutation().dispatch(call);
    }

    /// Returns the current request as code, with the key if a valid one was pasted.
    pub fn as_code(self, language: Language) -> String {
        let operation = self.operation();
        let server = &operation.server;
        let built = self.draft.with(|draft| build(server, &operation, draft));
        // Incomplete input: the request with the placeholders of its path.
        let request = built.unwrap_or_else(|_| HttpRequest {
            method: operation.listed.method.clone(),
            url: format!("{server}{}", operation.listed.path),
            headers: Vec::new(),
            body: None,
            needs_key: true,
        });
        match self.pasted_key() {
            Some(key) => sample(language, &request, Key::Text(&key)),
            None => sample(language, &request, Key::Variable),
        }
    }

    /// Returns `true` if a valid key was pasted.
    pub fn has_pasted_key(self) -> bool {
        self.pasted_key().is_some()
    }

    fn pasted_key(self) -> Option<String> {
        let memory = self.memory();
        if memory.choice.get_untracked() != Choice::Pasted {
            return None;
        }
        let pasted = memory.pasted.get_untracked();
        environment_of(&pasted).ok()?;
        Some(pasted.trim().to_owned())
    }

    /// Cancels the running call.
    pub fn cancel(self) {
        self.cancel.try_update_value(|cancel| {
            if let Some(cancel) = cancel.take() {
                cancel.cancel();
            }
        });
    }
}
