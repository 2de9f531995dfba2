//! Makes the mails of campaigns: a chunk for each campaign in turn, so that a large
//! one does not hold up the others. Templates are filled before the transaction that
//! queues a chunk, so that nobody has to wait for that.

use crate::{
    error::ApiError,
    models::campaign::{Campaign, Chunk, Made, Step},
    state::AppState,
};
use actix_web::web;
use shared::ids::CampaignId;

/// A chunk ends early when its mails come to this many bytes.
const CHUNK_MAX_BYTES: usize = 8 * 1024 * 1024;

/// Takes every campaign that is being sent one step further.
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
}

async fn step(state: &AppState, id: CampaignId) -> Result<(), ApiError> {
    let now = state.clock.now_naive();
    let wanted = id.clone();
    let next = state
        .db
        .read(move |conn| Campaign::next_step(conn, &wanted))
        .await?;
    match next {
        Step::Wait => Ok(()),
        Step::Finish => {
            state
                .db
                .write(move |conn| Campaign::finish(conn, &id, now))
                .await
        }
        Step::Make(chunk) => {
            let made = tokio::task::spawn_blocking(move || make(*chunk)).await;
            let (campaign, made, is_last) = made.map_err(ApiError::internal)??;
            state
                .db
                .write(move |conn| Campaign::queue(conn, &campaign, made, is_last, now))
                .await?;
            state.mail.wake();
            Ok(())
        }
    }
}

/// Makes the mails of a chunk, or of the first part of it if they are large.
fn make(chunk: Chunk) -> Result<(Campaign, Vec<Made>, bool), ApiError> {
    let Chunk {
        campaign,
        contacts,
        is_last,
    } = chunk;
    let (wanted, mut bytes) = (contacts.len(), 0);
    let mut made = Vec::with_capacity(wanted);
    for contact in contacts {
        let mail = campaign.source().render(&contact.variables()?);
        let mail = mail.map_err(|fault| fault.message);
        if let Ok(mail) = &mail {
            bytes += mail.html_body.len() + mail.text_body.as_ref().map_or(0, String::len);
        }
        made.push((contact, mail));
        if bytes > CHUNK_MAX_BYTES {
            break;
        }
    }
    let is_last = is_last && made.len() == wanted;
    Ok((campaign, made, is_last))
}
