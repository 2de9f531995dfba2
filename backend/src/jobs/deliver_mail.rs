//! Delivery of queued emails: immediately if they were queued by this process, within a second if
//! another process queued them or a retry is due.
//!
//! Accepted emails are never lost: an email leaves the queue only with the commit that records its
//! outcome. A crash between the mail server's acceptance and that commit causes a duplicate, with
//! the same Message-ID; nothing else does.

use crate::{
    error::ApiError,
    jobs::{
        campaign_bodies::{self, FillError, FillSlot, Filling},
        mail_message::compose,
    },
    mail::transport::{MailTransport, SendError},
    models::{
        campaign::CampaignBody,
        message::{Message, queue::Outcome},
    },
    state::AppState,
};
use actix_web::web;
use chrono::TimeDelta;
use std::{rc::Rc, sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// Maximum number of concurrent attempts.
const MAX_CONCURRENCY: usize = 16;
/// Interval at which the queue is polled.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Timeout of one attempt.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(2);
/// Lease of a claimed email: longer than an attempt can take.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// Sandbox emails that one transaction completes.
const CAPTURE_BATCH_SIZE: i64 = 100;
/// Time that pending attempts get on shutdown.
const DRAIN: Duration = Duration::from_secs(5);
/// Delay after an attempt for which no template thread was available.
const RETRY_WHEN_OVERLOADED: TimeDelta = TimeDelta::seconds(5);
/// Delay after each attempt that failed temporarily. When all are used up, the email has failed.
const RETRY_AFTER: [TimeDelta; 6] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::hours(1),
    TimeDelta::hours(4),
    TimeDelta::hours(12),
];

/// Sends emails until the server stops, then waits for pending attempts.
pub async fn run(
    state: web::Data<AppState>,
    transport: MailTransport,
    stopping: CancellationToken,
) {
    let transport = Rc::new(transport);
    let mut attempts = JoinSet::new();
    let mut filling = Filling::default();
    loop {
        let round = start_due(&state, &transport, &mut attempts, &mut filling).await;
        let Round { more, is_limited } = round.unwrap_or_else(|error| {
            tracing::warn!(%error, "could not read the email queue; trying again");
            Round::default()
        });
        let pause = if more { Duration::ZERO } else { POLL_INTERVAL };
        tokio::select! {
            () = stopping.cancelled() => break,
            () = state.mail.woken() => {}
            () = sleep(pause) => {}
            // There may be more emails than could be started.
            Some(_) = attempts.join_next(), if is_limited || attempts.len() > MAX_CONCURRENCY / 2 => {}
            () = filling.ended(), if is_limited => {}
        }
        while attempts.try_join_next().is_some() {}
    }
    let drained = timeout(DRAIN, async {
        while attempts.join_next().await.is_some() {}
    });
    if drained.await.is_err() {
        tracing::warn!(
            count = attempts.len(),
            "some emails were still being sent; they will be sent again"
        );
    }
}

/// Result of a look at the queue.
#[derive(Default)]
struct Round {
    /// More emails may be due immediately.
    more: bool,
    /// More campaign emails may be due once a rendering finishes.
    is_limited: bool,
}

/// Reason why an attempt did not send its email.
enum Failure {
    Unfilled(FillError),
    NotSent(SendError),
}

/// Completes sandbox emails, and starts an attempt for each due email while slots are free.
async fn start_due(
    state: &web::Data<AppState>,
    transport: &Rc<MailTransport>,
    attempts: &mut JoinSet<()>,
    filling: &mut Filling,
) -> Result<Round, ApiError> {
    let now = state.clock.now_naive();
    let mut round = Round::default();
    // Reading first spares an idle server one transaction per second.
    let any_to_capture = move |conn: &mut _| Message::any_to_capture(conn, now);
    if state.db.read(any_to_capture).await? {
        let capture = move |conn: &mut _| Message::capture(conn, now, CAPTURE_BATCH_SIZE);
        round.more = state.db.write(capture).await? == CAPTURE_BATCH_SIZE;
    }
    let limits = filling.limits(MAX_CONCURRENCY - attempts.len());
    if limits.emails == 0 {
        return Ok(round);
    }
    let wanted = limits.clone();
    let campaign_emails = limits.campaign_emails;
    round.is_limited = campaign_emails == 0 || !limits.except_tenants.is_empty();
    let any_to_claim = move |conn: &mut _| Message::any_to_claim(conn, now, &wanted);
    if !state.db.read(any_to_claim).await? {
        return Ok(round);
    }
    let known = filling.known_bodies();
    let claim = move |conn: &mut _| {
        let messages = Message::claim(conn, now, LEASE, &limits)?;
        let bodies = CampaignBody::load(conn, &missing_bodies(&messages, &known))?;
        Ok((messages, bodies))
    };
    let (messages, bodies) = state.db.write(claim).await?;
    filling.add_bodies(bodies);
    let of_campaigns = messages.iter().filter(|it| it.campaign_id.is_some());
    round.is_limited |= i64::try_from(of_campaigns.count()).is_ok_and(|it| it >= campaign_emails);
    for message in messages {
        let campaign = message.campaign_id.as_ref();
        let campaign = campaign.filter(|_| message.variables.is_some());
        let body = campaign.and_then(|id| filling.body(id));
        let slot = campaign.map(|_| filling.begin(&message.tenant_id));
        attempts.spawn_local(attempt(
            state.clone(),
            transport.clone(),
            message,
            body,
            slot,
        ));
    }
    Ok(round)
}

/// Returns the campaigns whose templates these emails need and that are not in `known`.
fn missing_bodies(messages: &[Message], known: &[String]) -> Vec<String> {
    let to_fill = messages.iter().filter(|it| it.variables.is_some());
    let campaigns = to_fill.filter_map(|it| it.campaign_id.clone());
    let mut missing: Vec<_> = campaigns.filter(|id| !known.contains(id)).collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

/// Tries to send one email and records the outcome.
async fn attempt(
    state: web::Data<AppState>,
    transport: Rc<MailTransport>,
    mut message: Message,
    body: Option<Arc<CampaignBody>>,
    slot: Option<FillSlot>,
) {
    let tried = timeout(ATTEMPT_TIMEOUT, async {
        let filled = campaign_bodies::fill(&state, &mut message, body).await;
        drop(slot);
        filled.map_err(Failure::Unfilled)?;
        let sent = send(&state, &transport, &message).await;
        sent.map_err(Failure::NotSent)
    });
    let too_slow = || SendError::Transient("the mail server took too long".to_owned());
    let result = tried.await;
    let result = result.unwrap_or_else(|_| Err(Failure::NotSent(too_slow())));
    let now = state.clock.now_naive();
    let outcome = match result {
        Ok(()) => Outcome::Sent,
        Err(Failure::NotSent(SendError::Permanent {
            reason,
            hard_bounce,
        })) => Outcome::Bounced {
            reason,
            hard_bounce,
        },
        Err(Failure::Unfilled(FillError::Overloaded)) => {
            let reason = "The server was too busy to fill the template.".to_owned();
            Outcome::Deferred(now + RETRY_WHEN_OVERLOADED, reason)
        }
        Err(
            Failure::NotSent(SendError::Unsendable(reason))
            | Failure::Unfilled(FillError::Permanent(reason)),
        ) => Outcome::Failed(reason),
        Err(
            Failure::NotSent(SendError::Transient(reason))
            | Failure::Unfilled(FillError::Transient(reason)),
        ) => {
            let failures = usize::try_from(message.attempts - 1).unwrap_or(0);
            match RETRY_AFTER.get(failures) {
                Some(wait) => Outcome::Retry(now + *wait, reason),
                None => Outcome::Failed(reason),
            }
        }
    };
    let counter = match &outcome {
        Outcome::Sent => &state.metrics.mail_sent,
        Outcome::Retry(..) | Outcome::Deferred(..) => &state.metrics.mail_deferred,
        Outcome::Bounced { .. } | Outcome::Failed(_) => &state.metrics.mail_failed,
    };
    counter.inc();
    let id = message.id.clone();
    match state
        .db
        .write(move |conn| message.complete(conn, outcome, now))
        .await
    {
        Ok(true) => {}
        Ok(false) => tracing::warn!(id, "an email was also sent by another process"),
        Err(error) => {
            tracing::error!(id, %error, "could not store the outcome of an email; it will be sent again");
        }
    }
}

async fn send(
    state: &web::Data<AppState>,
    transport: &MailTransport,
    message: &Message,
) -> Result<(), SendError> {
    let shared = state.clone();
    let whole = message.clone();
    let made = tokio::task::spawn_blocking(move || {
        compose(&whole, &shared.links(), shared.mail.own_address())
    });
    match made.await {
        Ok(Ok(mail)) => transport.send(&message.id, mail).await,
        Ok(Err(error)) => Err(SendError::Unsendable(format!("{error:#}"))),
        Err(error) => Err(SendError::Transient(error.to_string())),
    }
}
