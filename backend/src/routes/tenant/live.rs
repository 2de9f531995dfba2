//! `GET /api/v1/tenant/live`: streams events to the dashboard.

use crate::{
    auth::authorized::{Actor, Authorized},
    db::DbConnection,
    endpoint::endpoint,
    error::ApiError,
    models::session::Session,
    rate_limit::TenantLimits,
    state::AppState,
};
use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderName},
    web::{self, Bytes},
};
use futures_util::stream;
use shared::{
    error::ErrorCode, ids::UserId, key::Environment, live::LiveEvent, operation,
    rate_limit::RateLimitView, role::Role,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;

/// Interval at which the rate limits are checked.
const TICK: Duration = Duration::from_secs(1);
/// Interval of session checks and of keep-alive messages.
const CHECK_EVERY: Duration = Duration::from_secs(15);

/// Streams events until the client disconnects, the server stops, or the session ends, expires or
/// gets a new token, or the user's role changes. The stream itself does not keep the session alive.
#[endpoint(operation::StreamLive)]
pub async fn stream_live(
    caller: Authorized<operation::StreamLive>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let Actor::User(signed_in) = &caller.actor else {
        return Err(ErrorCode::NotSignedIn.into());
    };
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let reader = Reader {
        events: state.live.listen(&caller.tenant_id),
        closing: state.live.closing(),
        limits: state.tenants.refresh(&signed_in.tenant)?,
        shown: Default::default(),
        ended_sessions: state.live.ended_sessions(),
        user_id: UserId::new(signed_in.user.id.clone()),
        token_hash: signed_in.session.token_hash.clone(),
        role: signed_in.user.role()?,
        ticks,
        next_check: state.clock.monotonic() + CHECK_EVERY,
        state,
    };
    let body = stream::unfold(reader, |mut reader| async move {
        let text = reader.next().await?;
        Some((Ok::<_, ApiError>(Bytes::from(text)), reader))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(body))
}

/// The state of one event stream.
struct Reader {
    state: web::Data<AppState>,
    events: broadcast::Receiver<LiveEvent>,
    closing: CancellationToken,
    limits: Arc<TenantLimits>,
    /// The last sent rate limits, by environment.
    shown: [Option<RateLimitView>; 2],
    ended_sessions: broadcast::Receiver<UserId>,
    user_id: UserId,
    token_hash: String,
    role: Role,
    ticks: tokio::time::Interval,
    /// On the clock's monotonic scale.
    next_check: Duration,
}

/// Reason for which a stream wakes up.
enum Wake {
    /// Sessions of a user have ended.
    SessionsEnded,
    Event(Result<LiveEvent, RecvError>),
    Tick,
}

impl Reader {
    /// Returns the next piece of the stream; `None` ends it.
    async fn next(&mut self) -> Option<String> {
        loop {
            let wake = tokio::select! {
                biased;
                () = self.closing.cancelled() => return None,
                // After a lag, the missed events may include this session's.
                ended = self.ended_sessions.recv() => match ended {
                    Ok(user) if user != self.user_id => continue,
                    _ => Wake::SessionsEnded,
                },
                event = self.events.recv() => Wake::Event(event),
                _ = self.ticks.tick() => Wake::Tick,
            };
            let text = match wake {
                Wake::SessionsEnded => {
                    self.ensure_session().await?;
                    continue;
                }
                Wake::Event(Ok(event)) => encode(&event),
                // After a lag, this makes the dashboard reload everything.
                Wake::Event(Err(RecvError::Lagged(_))) => encode(&LiveEvent::KeysChanged),
                Wake::Event(Err(RecvError::Closed)) => return None,
                Wake::Tick => self.tick().await?,
            };
            if !text.is_empty() {
                return Some(text);
            }
        }
    }

    /// Repeats the checks of each request in the database. `None` if the session has ended or has
    /// another token, or its user has another role.
    async fn ensure_session(&self) -> Option<()> {
        let hash = self.token_hash.clone();
        let now = self.state.clock.now_naive();
        let find = move |conn: &mut DbConnection| Session::find(conn, &hash, now);
        let signed_in = self.state.db.read(find).await.ok()??;
        let role = signed_in.user.role().ok()?;
        (role == self.role).then_some(())
    }

    async fn tick(&mut self) -> Option<String> {
        let mut text = String::new();
        let now = self.state.clock.monotonic();
        if now >= self.next_check {
            self.next_check = now + CHECK_EVERY;
            self.ensure_session().await?;
            text.push_str(": still here\n\n");
        }
        for environment in Environment::ALL {
            let state = self.limits.view(environment, self.state.clock.monotonic());
            if self.shown[environment as usize].as_ref() != Some(&state) {
                self.shown[environment as usize] = Some(state.clone());
                text.push_str(&encode(&LiveEvent::RateLimit { environment, state }));
            }
        }
        Some(text)
    }
}

fn encode(event: &LiveEvent) -> String {
    let data = serde_json::to_string(event).unwrap_or_default();
    format!("event: {}\ndata: {data}\n\n", event.name())
}
