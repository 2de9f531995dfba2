//! Creates the emails of campaigns in chunks, one campaign after another, so that a large one does
//! not delay the others. Templates are rendered on the template threads, between the transaction
//! that counts the attempt and the one that queues the chunk.

use crate::{
    clock::Clock,
    db::DbConnection,
    error::ApiError,
    jobs::campaign_bodies::{UNSUBSCRIBE_URL, insert_unsubscribe_url},
    mail::{
        links::Links,
        template::{Compiled, Meter, Source, TIME_LIMIT},
    },
    models::{
        campaign::{Campaign, Chunk, Made, Prepared, Step},
        contact::Contact,
    },
    random::new_id,
    state::AppState,
};
use actix_web::web;
use rustc_hash::FxHashSet;
use shared::{
    campaign::CampaignForm,
    error::{ErrorCode, FieldError},
    ids::{CampaignId, MessageId, TenantId},
};
use std::{sync::Arc, time::Duration};

/// A chunk ends early when its stored emails reach this many bytes.
const CHUNK_MAX_BYTES: usize = 8 * 1024 * 1024;
/// A chunk ends early when rendering has taken this long.
const CHUNK_MAX_TIME: Duration = Duration::from_secs(1);
/// Time that a thread renders templates of one campaign before others get their turn.
const SLICE_MAX_TIME: Duration = Duration::from_millis(50);

/// Advances all running campaigns by one step.
pub async fn advance(state: web::Data<AppState>) {
    let campaigns = state.db.read(Campaign::sending).await;
    let campaigns = campaigns.unwrap_or_else(|error| {
        tracing::warn!(%error, "could not look for campaigns; trying again");
        Vec::new()
    });
    for id in campaigns {
        if let Err(error) = step(&state, id.clone()).await {
            tracing::warn!(%id, %error, "could not go on with a campaign; trying again");
        }
    }
    if let Err(error) = withdraw(&state).await {
        tracing::warn!(%error, "could not withdraw emails of failed campaigns; trying again");
    }
}

async fn withdraw(state: &AppState) -> Result<(), ApiError> {
    for id in state.db.read(Campaign::to_withdraw).await? {
        let now = state.clock.now_naive();
        let withdraw = move |conn: &mut DbConnection| Campaign::withdraw_some(conn, &id, now);
        state.db.write(withdraw).await?;
    }
    Ok(())
}

async fn step(state: &AppState, id: CampaignId) -> Result<(), ApiError> {
    let now = state.clock.now_naive();
    let wanted = id.clone();
    let next = state
        .db
        .read(move |conn| Campaign::next_step(conn, &wanted, now))
        .await?;
    match next {
        Step::Wait => Ok(()),
        Step::Finish => {
            state
                .db
                .write(move |conn| Campaign::finish(conn, &id, now))
                .await
        }
        Step::Make(chunk) => attempt(state, *chunk).await,
    }
}

/// Creates and queues a chunk. If rendering panics, the attempt stays open, as after a crash of the
/// process: after two of them the campaign fails.
async fn attempt(state: &AppState, chunk: Chunk) -> Result<(), ApiError> {
    let now = state.clock.now_naive();
    let Chunk {
        campaign,
        contacts,
        is_last,
    } = chunk;
    let claim = move |conn: &mut DbConnection| Campaign::claim_chunk(conn, &campaign, now);
    let Some(claimed) = state.db.write(claim).await? else {
        return Ok(());
    };
    let campaign = Arc::new(claimed);
    let wanted = contacts.len();
    let made = match make(state, &campaign, contacts).await {
        Ok(made) => made,
        Err(error) if error.code() == ErrorCode::Overloaded => {
            let release = move |conn: &mut DbConnection| campaign.release_chunk(conn);
            return state.db.write(release).await;
        }
        Err(error) => return Err(error),
    };
    let is_last = is_last && made.len() == wanted;
    let before = campaign.clone();
    let queue = move |conn: &mut DbConnection| Campaign::queue(conn, &before, made, is_last, now);
    if let Err(error) = state.db.write(queue).await {
        let release = move |conn: &mut DbConnection| campaign.release_chunk(conn);
        state.db.write(release).await?;
        return Err(error);
    }
    state.mail.wake();
    Ok(())
}

/// Creates the emails of a chunk, or of its first part if they are large or slow.
async fn make(
    state: &AppState,
    campaign: &Arc<Campaign>,
    mut contacts: Vec<Contact>,
) -> Result<Vec<Made>, ApiError> {
    let deadline = state.clock.monotonic() + CHUNK_MAX_TIME;
    let mut made = Vec::with_capacity(contacts.len());
    let mut bytes = 0;
    let tenant = campaign.tenant();
    while !contacts.is_empty() && bytes <= CHUNK_MAX_BYTES && state.clock.monotonic() <= deadline {
        let campaign = campaign.clone();
        let links = state.links();
        let budget = CHUNK_MAX_BYTES - bytes;
        let fill = move |clock: &Clock| fill_slice(&campaign, contacts, &links, budget, clock);
        let (slice, rest) = state.mail.templates.run(&tenant, fill).await??;
        bytes += slice.iter().map(size).sum::<usize>();
        made.extend(slice);
        contacts = rest;
    }
    Ok(made)
}

/// Renders the templates for the first contacts, and returns the remaining contacts when the time
/// slice is over.
fn fill_slice(
    campaign: &Campaign,
    contacts: Vec<Contact>,
    links: &Links,
    max_bytes: usize,
    clock: &Clock,
) -> Result<(Vec<Made>, Vec<Contact>), ApiError> {
    let until = clock.monotonic() + SLICE_MAX_TIME;
    let template = CampaignTemplate::new(campaign.source(), clock);
    let mut made = Vec::new();
    let mut bytes = 0;
    let mut contacts = contacts.into_iter();
    for contact in contacts.by_ref() {
        let message_id: MessageId = new_id().map_err(ApiError::internal)?;
        let mail = match &template {
            Ok(template) => template.prepare(&contact, links, &message_id, clock)?,
            Err(error) => Err(error.message.clone()),
        };
        let mail = Made {
            contact,
            message_id,
            mail,
        };
        bytes += size(&mail);
        made.push(mail);
        if bytes > max_bytes || clock.monotonic() > until {
            break;
        }
    }
    Ok((made, contacts.collect()))
}

/// A campaign's templates, with the names of the variables that they can read.
struct CampaignTemplate<'a> {
    compiled: Compiled<'a>,
    names: FxHashSet<&'a str>,
}

impl<'a> CampaignTemplate<'a> {
    fn new(source: Source<'a>, clock: &Clock) -> Result<Self, FieldError> {
        Ok(Self {
            compiled: source.compile(&mut Meter::start(clock))?,
            names: source.names(&mut Meter::start(clock))?,
        })
    }

    /// Renders the email for a contact as it will be sent, and returns the part to store. The inner
    /// error is the reason if rendering fails.
    fn prepare(
        &self,
        contact: &Contact,
        links: &Links,
        message_id: &MessageId,
        clock: &Clock,
    ) -> Result<Result<Prepared, String>, ApiError> {
        let mut variables = contact.variables()?;
        variables.retain(|name, _| name != UNSUBSCRIBE_URL && self.names.contains(name.as_str()));
        let stored = serde_json::to_string(&variables).map_err(ApiError::internal)?;
        insert_unsubscribe_url(&mut variables, links, message_id.as_str());
        let rendered = self.compiled.render(&variables, &mut Meter::start(clock));
        let prepared = rendered.map(|rendered| Prepared {
            subject: rendered.subject,
            variables: stored,
        });
        Ok(prepared.map_err(|error| error.message))
    }
}

fn size(made: &Made) -> usize {
    let mail = made.mail.as_ref();
    mail.map_or(0, |mail| mail.subject.len() + mail.variables.len())
}

/// Checks the syntax of the subject and body templates of a form.
pub async fn check_form(
    state: &AppState,
    tenant: &TenantId,
    form: CampaignForm,
) -> Result<CampaignForm, ApiError> {
    let check = move |clock: &Clock| {
        let source = Source {
            subject: &form.subject,
            html_body: form.html_body.as_deref().unwrap_or_default(),
            text_body: form.text_body.as_deref(),
        };
        source.check(clock).map(|()| form)
    };
    let checked = state.mail.templates.run(tenant, check).await?;
    checked.map_err(ApiError::fields)
}

/// Checks that a draft's templates render for its contacts, as many as the time limit of one
/// template allows.
pub async fn check(
    state: &AppState,
    campaign: Campaign,
    contacts: Vec<Contact>,
) -> Result<Campaign, ApiError> {
    let links = state.links();
    let tenant = campaign.tenant();
    let check = move |clock: &Clock| {
        let until = clock.monotonic() + TIME_LIMIT;
        let source = campaign.source();
        source.check(clock).map_err(ApiError::fields)?;
        let compiled = source
            .compile(&mut Meter::start(clock))
            .map_err(|error| ApiError::fields(vec![error]))?;
        for contact in contacts {
            let mut variables = contact.variables()?;
            let example_id: MessageId = new_id().map_err(ApiError::internal)?;
            insert_unsubscribe_url(&mut variables, &links, example_id.as_str());
            if let Err(error) = compiled.render(&variables, &mut Meter::start(clock)) {
                return Err(cannot_be_filled(error, contact.email()));
            }
            if clock.monotonic() > until {
                break;
            }
        }
        drop(compiled);
        Ok(campaign)
    };
    state.mail.templates.run(&tenant, check).await?
}

fn cannot_be_filled(error: FieldError, email: &str) -> ApiError {
    let FieldError {
        field,
        code,
        message,
    } = error;
    let message = match code {
        ErrorCode::MissingVariable => format!(
            "{message} The contact {email} does not have it. Correct its spelling, give it a \
             default in the template, or add it to the contact's attributes."
        ),
        _ => format!("{message} This happens for the contact {email}."),
    };
    ApiError::fields(vec![FieldError::new(&field, code, message)])
}
