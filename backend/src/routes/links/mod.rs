//! Links in emails. They need no key or session, only the signature inside the link. An invalid
//! link is a 404.

mod click;
mod open;
mod page;
mod unsubscribe;

pub use click::follow_link;
pub use open::open_mail;
pub use page::error_page;
pub use unsubscribe::{confirm_unsubscribe, unsubscribe};

use crate::{
    error::ApiError,
    models::message::{Envelope, event as message_event},
    state::AppState,
};
use actix_web::http::Method;
use shared::{email::EventKind, ids::MessageId};

/// Records an event of the recipient, if there is room. Reads first, because most opens are
/// repeated. HEAD requests, by which programs inspect links, are not recorded.
async fn note(
    state: &AppState,
    method: &Method,
    id: MessageId,
    kind: EventKind,
    url: Option<String>,
) -> Result<(), ApiError> {
    if method == Method::HEAD {
        return Ok(());
    }
    let now = state.clock.now_naive();
    let look = move |conn: &mut _| {
        let envelope = Envelope::get(conn, &id)?;
        let has_room = message_event::has_room(conn, &envelope, kind)?;
        Ok(has_room.then_some(envelope))
    };
    let Some(envelope) = state.db.read(look).await? else {
        return Ok(());
    };
    let write = move |conn: &mut _| {
        message_event::record_reader(conn, &envelope, kind, url.as_deref(), now)
    };
    state.db.write(write).await
}
