//! Sends what is queued: at once when something was queued here, within a second when
//! another process queued it or its time has come.
//!
//! Nothing accepted is lost: a mail leaves the queue only with the commit that says
//! what became of it. A crash between the mail server's yes and that commit repeats
//! the mail, with the same Message-ID; nothing else does.

use crate::{
    error::ApiError,
    mail::{
        compose::compose,
        outbox::{Outbox, Refusal},
        tracking::Links,
    },
    models::{message::Message, message_queue::Outcome},
    state::AppState,
};
use actix_web::web;
use chrono::TimeDelta;
use std::{rc::Rc, time::Duration};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

/// How many mails are under way at once.
const AT_ONCE: usize = 16;
/// How often to look without being told.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long one attempt may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(2);
/// For how long a claimed mail is nobody else's: longer than an attempt can take.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How many mails of the sandbox arrive in one transaction.
const CAPTURED_AT_ONCE: i64 = 100;
/// How long attempts under way may take when the server stops.
const DRAIN: Duration = Duration::from_secs(5);
/// How long to wait after each attempt that failed for now; then the mail has failed.
const RETRY_AFTER: [TimeDelta; 6] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::hours(1),
    TimeDelta::hours(4),
    TimeDelta::hours(12),
];

/// Sends until the server stops, then lets the attempts under way finish.
pub async fn deliver(
    state: web::Data<AppState>,
    outbox: Outbox,
    mut stopping: watch::Receiver<bool>,
) {
    let outbox = Rc::new(outbox);
    let mut attempts = JoinSet::new();
    loop {
        let more = start_due(&state, &outbox, &mut attempts).await;
        let more = more.unwrap_or_else(|error| {
            tracing::warn!(%error, "could not read the mail queue; trying again");
            false
        });
        let pause = if more { Duration::ZERO } else { LOOK_EVERY };
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => break,
            () = state.mail.woken() => {}
            () = sleep(pause) => {}
            // There may be more than could be started.
            Some(_) = attempts.join_next(), if attempts.len() > AT_ONCE / 2 => {}
        }
        while attempts.try_join_next().is_some() {}
    }
    let drained = timeout(DRAIN, async {
        while attempts.join_next().await.is_some() {}
    });
    if drained.await.is_err() {
        tracing::warn!(
            count = attempts.len(),
            "mails were still on their way; they will be sent again"
        );
    }
}

/// Lets mails of the sandbox arrive, and starts as many attempts as there are mails due
/// and places free. Returns whether there may be more to do at once.
async fn start_due(
    state: &web::Data<AppState>,
    outbox: &Rc<Outbox>,
    attempts: &mut JoinSet<()>,
) -> Result<bool, ApiError> {
    let now = state.clock.now_naive();
    // Reading first spares an idle server a transaction each second.
    let any_due = |captured| move |conn: &mut _| Message::any_due(conn, captured, now);
    let mut more = false;
    if state.db.read(any_due(true)).await? {
        let capture = move |conn: &mut _| Message::capture(conn, now, CAPTURED_AT_ONCE);
        more = state.db.write(capture).await? == CAPTURED_AT_ONCE;
    }
    let free = i64::try_from(AT_ONCE - attempts.len()).unwrap_or(0);
    if free > 0 && state.db.read(any_due(false)).await? {
        let claim = move |conn: &mut _| Message::claim(conn, now, LEASE, free);
        for message in state.db.write(claim).await? {
            attempts.spawn_local(attempt(state.clone(), outbox.clone(), message));
        }
    }
    Ok(more)
}

/// Tries to send one mail, and notes what became of it.
async fn attempt(state: web::Data<AppState>, outbox: Rc<Outbox>, message: Message) {
    let tried = timeout(ATTEMPT_TIMEOUT, send(&state, &outbox, &message)).await;
    let result =
        tried.unwrap_or_else(|_| Err(Refusal::ForNow("the mail server took too long".to_owned())));
    let now = state.clock.now_naive();
    let metrics = &state.metrics;
    let counter = match &result {
        Ok(()) => &metrics.mails_sent,
        Err(Refusal::ForNow(_)) => &metrics.mails_put_off,
        Err(Refusal::ForGood { .. } | Refusal::Unsendable(_)) => &metrics.mails_refused,
    };
    counter.inc();
    let outcome = match result {
        Ok(()) => Outcome::Sent,
        Err(Refusal::ForGood {
            reason,
            address_is_dead,
        }) => Outcome::Bounced {
            reason,
            address_is_dead,
        },
        Err(Refusal::Unsendable(reason)) => Outcome::Failed(reason),
        Err(Refusal::ForNow(reason)) => {
            let failures = usize::try_from(message.attempts - 1).unwrap_or(0);
            match RETRY_AFTER.get(failures) {
                Some(wait) => Outcome::Later(now + *wait, reason),
                None => Outcome::Failed(reason),
            }
        }
    };
    let id = message.id.clone();
    match state
        .db
        .write(move |conn| message.complete(conn, outcome, now))
        .await
    {
        Ok(true) => {}
        Ok(false) => tracing::warn!(id, "a mail was sent by another process as well"),
        Err(error) => {
            tracing::error!(id, %error, "could not note what became of a mail; it will be sent again");
        }
    }
}

async fn send(
    state: &web::Data<AppState>,
    outbox: &Outbox,
    message: &Message,
) -> Result<(), Refusal> {
    let (shared, whole) = (state.clone(), message.clone());
    let made = tokio::task::spawn_blocking(move || {
        compose(&whole, &shared.links(), shared.mail.own_address())
    });
    match made.await {
        Ok(Ok(mail)) => outbox.send(&message.id, mail).await,
        Ok(Err(error)) => Err(Refusal::Unsendable(format!("{error:#}"))),
        Err(error) => Err(Refusal::ForNow(error.to_string())),
    }
}

impl AppState {
    /// The links that this server puts into mails.
    pub fn links(&self) -> Links {
        Links::new(&self.public_url.origin, self.secrets.clone())
    }
}
