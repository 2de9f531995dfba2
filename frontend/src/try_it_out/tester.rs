//! What the tester of an operation knows and does.

use crate::try_it_out::keys::usable_keys;
use crate::{
    api,
    docs::openapi::{Document, Draft, DraftFault, Fault, HttpRequest, Operation, build},
    keys::logic::rights::{because, not_grantable},
    state::{attempt::Attempt, clock, live::Live, remote::Remote, session::Session},
    try_it_out::{
        api::{Cancel, NoAnswer},
        logic::{
            answer::Answer,
            credential::{environment_of, missing_scopes, pick_key},
            history::CallStatus,
            side_effect::SideEffect,
        },
        state::{Choice, TryIt},
    },
    ui::field::focus_first_invalid,
};
use leptos::{prelude::*, task::spawn_local};
use shared::{
    ids::KeyId,
    key::{Environment, KeyView},
    role::Role,
    scope::{Scope, ScopeSet},
};
use std::sync::Arc;

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// With an answer, to a call with a token for this key or with a pasted one.
    Answered(Arc<Answer>, Option<KeyId>),
    /// Without one.
    Unanswered(NoAnswer),
}

/// What a call is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A token for a key of the company.
    Own(Box<KeyId>),
    /// A key that was pasted.
    Pasted(String),
}

/// A request with what it is sent with.
type Ready = (HttpRequest, Credential);

/// What a tester is given, and does not change.
struct Given {
    document: Arc<Document>,
    operation: Arc<Operation>,
    keys: Remote<Vec<KeyView>>,
    attempt: Attempt,
    memory: TryIt,
    role: Role,
}

/// The tester of an operation.
#[derive(Clone, Copy)]
pub struct Tester {
    given: StoredValue<Given>,
    /// What is filled in.
    pub draft: RwSignal<Draft>,
    /// What is wrong with the parameters.
    pub faults: RwSignal<Vec<DraftFault>>,
    /// What is wrong with the key.
    pub key_fault: RwSignal<Option<String>>,
    /// How the last call ended.
    pub outcome: RwSignal<Option<Outcome>>,
    /// The call that waits for a yes, because it is real.
    pub unconfirmed: RwSignal<Option<Ready>>,
    lacked_body: RwSignal<bool>,
    sending: RwSignal<bool>,
    cancel: StoredValue<Option<Cancel>, LocalStorage>,
}

impl Tester {
    /// A tester with the document's example filled in, or what was filled in before.
    pub fn new(document: Arc<Document>, operation: Arc<Operation>) -> Self {
        let (memory, live) = (TryIt::expect(), Live::expect());
        let draft = memory.take_reopened(&operation.id);
        let draft = draft.unwrap_or_else(|| Draft::example(&document, &operation));
        let tester = Self {
            given: StoredValue::new(Given {
                document,
                operation,
                keys: Remote::follow(move || live.keys_version(), usable_keys),
                attempt: Attempt::new(),
                memory,
                role: Session::expect().role_untracked(),
            }),
            draft: RwSignal::new(draft),
            faults: RwSignal::new(Vec::new()),
            key_fault: RwSignal::new(None),
            outcome: RwSignal::new(None),
            unconfirmed: RwSignal::new(None),
            lacked_body: RwSignal::new(false),
            sending: RwSignal::new(false),
            cancel: StoredValue::new_local(None),
        };
        // Nobody sees the answer any more.
        on_cleanup(move || tester.cancel());
        tester
    }

    /// The operation.
    pub fn operation(self) -> Arc<Operation> {
        self.given.with_value(|given| given.operation.clone())
    }

    /// The document.
    pub fn document(self) -> Arc<Document> {
        self.given.with_value(|given| given.document.clone())
    }

    /// What is remembered between pages.
    pub fn memory(self) -> TryIt {
        self.given.with_value(|given| given.memory)
    }

    /// The user's role.
    fn role(self) -> Role {
        self.given.with_value(|given| given.role)
    }

    /// The company's keys.
    pub fn keys(self) -> Remote<Vec<KeyView>> {
        self.given.with_value(|given| given.keys)
    }

    /// Fetching a token, or creating a key.
    pub fn attempt(self) -> Attempt {
        self.given.with_value(|given| given.attempt)
    }

    /// Puts the document's example back.
    pub fn reset(self) {
        let example = Draft::example(&self.document(), &self.operation());
        self.draft.set(example);
        self.faults.set(Vec::new());
    }

    /// What is wrong with the body, tracked.
    pub fn body_faults(self) -> Vec<Fault> {
        let (document, operation) = (self.document(), self.operation());
        let Some(media) = operation.json_body() else {
            return Vec::new();
        };
        self.draft.with(|draft| {
            if draft.body.trim().is_empty() {
                Vec::new()
            } else {
                document.check(&media.schema, &draft.body)
            }
        })
    }

    /// Whether a call was refused for want of a body, and there is still none, tracked.
    pub fn is_body_missing(self) -> bool {
        self.lacked_body.get() && self.draft.with(|draft| draft.lacks_body(&self.operation()))
    }

    /// The key that calls are made with, tracked: the chosen one, or a test key that has
    /// what the operation needs.
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

    /// What a key lacks for the operation.
    pub fn missing_scopes(self, key: &KeyView) -> Vec<Scope> {
        missing_scopes(self.role(), key, &self.operation().scopes)
    }

    /// Why this user cannot try the key out.
    pub fn refusal(self, key: &KeyView) -> Option<String> {
        let permissions = ScopeSet::of(&key.permissions);
        because("try out", not_grantable(self.role(), permissions))
    }

    /// Which data calls work on, tracked; `None` without a key.
    pub fn environment(self) -> Option<Environment> {
        match self.memory().choice.get() {
            Choice::Pasted => self.memory().pasted.with(|key| environment_of(key)).ok(),
            _ => self.key().map(|key| key.environment),
        }
    }

    /// Whether calls are real, tracked.
    pub fn is_live(self) -> bool {
        self.environment() == Some(Environment::Live)
    }

    /// Whether a call is being prepared or is on its way.
    pub fn busy(self) -> Signal<bool> {
        let attempt = self.attempt().busy();
        Signal::derive(move || attempt.get() || self.sending.get())
    }

    /// Whether a call is on its way, tracked.
    pub fn is_sending(self) -> bool {
        self.sending.get()
    }

    /// Sends what is filled in; a real call only after a question.
    pub fn send(self) {
        if self.busy().get_untracked() {
            return;
        }
        let Some((request, credential)) = untrack(|| self.ready()) else {
            // It is no answer to what is filled in now.
            self.outcome.set(None);
            focus_first_invalid(".tester");
            return;
        };
        let only_reads = SideEffect::of(&self.operation()).is_none();
        if untrack(|| self.is_live()) && !only_reads {
            self.unconfirmed.set(Some((request, credential)));
        } else {
            self.really_send(request, credential);
        }
    }

    /// The request, if nothing is missing.
    fn ready(self) -> Option<Ready> {
        let (document, operation) = (self.document(), self.operation());
        let request = self
            .draft
            .with(|draft| build(&document, "", &operation, draft));
        self.faults
            .set(request.as_ref().err().cloned().unwrap_or_default());
        let lacks_body = self.draft.with(|draft| draft.lacks_body(&operation));
        self.lacked_body.set(lacks_body);
        let credential = self.credential();
        self.key_fault
            .set(credential.as_ref().err().map(|fault| (*fault).to_owned()));
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

    /// Sends a request without asking, getting a token first if one is needed.
    pub fn really_send(self, request: HttpRequest, credential: Credential) {
        // The last answer must not pass for this call's.
        self.outcome.set(None);
        let id = match credential {
            Credential::Pasted(key) => return self.call(request, key, None),
            Credential::Own(id) => *id,
        };
        if let Some(token) = self.memory().token(&id) {
            return self.call(request, token, Some(id));
        }
        let wanted = id.clone();
        self.attempt().run(
            async move || api::keys::create_playground_token(&wanted).await,
            move |token| {
                let text = token.token.clone();
                self.memory().keep_token(&id, token);
                self.call(request, text, Some(id));
            },
        );
    }

    fn call(self, request: HttpRequest, key: String, id: Option<KeyId>) {
        let Some(cancel) = Cancel::new() else {
            return;
        };
        let signal = cancel.signal();
        self.cancel.set_value(Some(cancel));
        self.sending.set(true);
        self.attempt().reset();
        let draft = self.draft.get_untracked();
        let (operation, memory) = (self.operation(), self.memory());
        spawn_local(async move {
            let at = clock::now();
            let key = request.needs_key.then_some(key);
            let result = super::api::call(&request, key.as_deref(), &signal).await;
            let outcome = match result {
                Ok(answer) => {
                    if let Some(id) = id.as_ref().filter(|_| answer.status == 401) {
                        memory.forget_token(id);
                    }
                    Outcome::Answered(Arc::new(answer), id)
                }
                Err(why) => Outcome::Unanswered(why),
            };
            let ended = match &outcome {
                Outcome::Answered(answer, _) => {
                    (CallStatus::Answered(answer.status), answer.took_ms)
                }
                Outcome::Unanswered(why) => {
                    let ended = match why {
                        NoAnswer::Cancelled => CallStatus::Cancelled,
                        NoAnswer::Unreachable => CallStatus::Unanswered,
                    };
                    (ended, (clock::now() - at).num_milliseconds())
                }
            };
            memory.history.try_update(|history| {
                history.add(&operation, (&request.url, &draft), ended, at);
            });
            self.sending.try_set(false);
            self.outcome.try_set(Some(outcome));
        });
    }

    /// Stops the call that is on its way.
    pub fn cancel(self) {
        self.cancel.try_update_value(|cancel| {
            if let Some(cancel) = cancel.take() {
                cancel.cancel();
            }
        });
    }
}
