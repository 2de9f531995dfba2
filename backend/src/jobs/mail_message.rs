//! Composes the MIME message of a stored email. The Message-ID is stable, so that mail servers and
//! clients can recognize duplicates.

use crate::{
    mail::{
        address::with_ascii_domain,
        links::{Kind, Links},
        text,
    },
    models::message::Message,
};
use anyhow::Context;
use lettre::{
    address::Envelope,
    message::{
        Mailbox, MessageBuilder, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use shared::validate::parse_sender;
use std::time::{Duration, UNIX_EPOCH};

/// Builds the message for the mail server. `own_address` is the sender if the email has none.
pub fn compose(
    message: &Message,
    links: &Links,
    own_address: &str,
) -> anyhow::Result<lettre::Message> {
    let sender = message.sender.as_deref().unwrap_or(own_address);
    let sender = with_ascii_domain(sender).context("the sender's domain is not valid")?;
    let (name, address) = parse_sender(&sender).context("the sender is not an address")?;
    let (_, domain) = address
        .rsplit_once('@')
        .context("the sender has no domain")?;
    let from = Mailbox::new(name.map(str::to_owned), address.parse()?);
    let recipient = with_ascii_domain(&message.recipient)
        .context("the domain of the recipient's address is not valid")?;
    let recipient = recipient
        .parse()
        .context("the recipient is not an address")?;
    let to = Mailbox::new(None, recipient);
    // The builder would parse the headers, with a grammar that accepts fewer addresses.
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()])?;
    let accepted_ms = message
        .created_at
        .and_utc()
        .timestamp_millis()
        .unsigned_abs();
    let mut builder = lettre::Message::builder()
        .message_id(Some(format!("<{}@{domain}>", message.id)))
        .date(UNIX_EPOCH + Duration::from_millis(accepted_ms))
        .from(from)
        .to(to)
        .envelope(envelope)
        .subject(&message.subject);
    if message.campaign_id.is_some() {
        let link = links.make(Kind::Unsubscribe, &message.id, "");
        builder = header(builder, "List-Unsubscribe", format!("<{link}>"));
        let one_click = "List-Unsubscribe=One-Click".to_owned();
        builder = header(builder, "List-Unsubscribe-Post", one_click);
    }
    let mail = match (&message.html_body, &message.text_body) {
        (Some(html), given) => {
            let text = given.clone().unwrap_or_else(|| text::of_html(html));
            builder.multipart(MultiPart::alternative_plain_html(
                with_crlf(&text),
                with_crlf(&links.track(
                    &message.id,
                    message.track_opens,
                    message.track_clicks,
                    html,
                )),
            ))
        }
        (None, text) => {
            let text = text.clone().unwrap_or_default();
            let builder = header(builder, "Auto-Submitted", "auto-generated".to_owned());
            builder.singlepart(SinglePart::plain(with_crlf(&text)))
        }
    };
    mail.context("could not compose the email")
}

/// Converts all line breaks to CRLF: RFC 5321 (section 2.3.8) forbids a bare CR or LF. lettre would
/// keep a bare CR, and move the rest of the text for each LF.
fn with_crlf(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    unified.replace('\n', "\r\n")
}

fn header(builder: MessageBuilder, name: &'static str, value: String) -> MessageBuilder {
    let name = HeaderName::new_from_ascii_str(name);
    builder.raw_header(HeaderValue::new(name, value))
}
