//! Tracking and unsubscribe links. A link carries all its data and a signature: it cannot be
//! guessed, and it redirects only to URLs that were in the email.

use crate::keys::secret::{SecretKeys, TAG_LEN};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lol_html::{RewriteStrSettings, element, end, end_tag, html_content::ContentType, rewrite_str};
use percent_encoding::{CONTROLS, utf8_percent_encode};
use shared::ids::MessageId;
use std::{cell::Cell, rc::Rc, sync::Arc};

/// Longer URLs are not tracked: some clients do not follow very long ones.
const URL_MAX_BYTES: usize = 2000;

/// The action of a link. A token is valid for one kind only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An invisible image that is loaded when the email is opened.
    Open,
    /// A redirect to a link in the email.
    Click,
    /// Unsubscribes the recipient.
    Unsubscribe,
}

impl Kind {
    const fn letter(self) -> char {
        match self {
            Self::Open => 'o',
            Self::Click => 'c',
            Self::Unsubscribe => 'u',
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Open => "/t/o/",
            Self::Click => "/t/c/",
            Self::Unsubscribe => "/u/",
        }
    }
}

/// Creates and verifies the links of this server.
#[derive(Clone)]
pub struct Links {
    origin: String,
    secrets: Arc<SecretKeys>,
}

impl Links {
    pub fn new(origin: &str, secrets: Arc<SecretKeys>) -> Self {
        let origin = origin.to_owned();
        Self { origin, secrets }
    }

    /// Creates a link for an email. A `Click` link redirects to `target`.
    pub fn make(&self, kind: Kind, message_id: &str, target: &str) -> String {
        let mut token = format!("{} {message_id} {target}", kind.letter()).into_bytes();
        let tag = self.secrets.sign_link(&token);
        token.extend(tag);
        let token = URL_SAFE_NO_PAD.encode(token);
        format!("{}{}{token}", self.origin, kind.path())
    }

    fn unsubscribes(&self, target: &str) -> bool {
        let path = target.strip_prefix(&self.origin);
        path.is_some_and(|path| path.starts_with(Kind::Unsubscribe.path()))
    }

    /// Verifies a link's token and returns its email and target. `None` if the signature is invalid
    /// or the token is of another kind.
    pub fn read(&self, kind: Kind, token: &str) -> Option<(MessageId, String)> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (payload, tag) = token.split_last_chunk::<TAG_LEN>()?;
        if !self.secrets.link_is_ours(payload, tag) {
            return None;
        }
        let mut parts = std::str::from_utf8(payload).ok()?.splitn(3, ' ');
        let is_kind = parts.next()?.chars().eq([kind.letter()]);
        let id = parts.next()?;
        let target = parts.next()?;
        is_kind.then(|| (MessageId::new(id), target.to_owned()))
    }

    /// The HTML as the recipient gets it: with the links and the invisible image that
    /// the mail asks for.
    pub fn track(&self, message_id: &str, opens: bool, clicks: bool, html: &str) -> String {
        let pixel = opens.then(|| {
            let src = self.make(Kind::Open, message_id, "");
            // Not `display:none`: some mail programs then do not load it.
            format!(r#"<img src="{src}" width="1" height="1" alt="" style="border:0">"#)
        });
        let mut settings = RewriteStrSettings::new().with_strict(false);
        if clicks {
            settings = settings.append_element_content_handler(element!("a[href]", |link| {
                let target = link.get_attribute("href").and_then(|href| target(&href));
                // Unsubscribing must not count as a click.
                let target = target.filter(|target| !self.unsubscribes(target));
                if let Some(target) = target {
                    link.set_attribute("href", &self.make(Kind::Click, message_id, &target))?;
                }
                Ok(())
            }));
        }
        if let Some(pixel) = pixel {
            // Before the end of the body, or at the end if there is no closing tag.
            let placed = Rc::new(Cell::new(false));
            let at_body = pixel.clone();
            let was_placed = placed.clone();
            settings = settings
                .append_element_content_handler(element!("body", move |body| {
                    let placed = placed.clone();
                    let pixel = at_body.clone();
                    body.on_end_tag(end_tag!(move |tag| {
                        if !placed.replace(true) {
                            tag.before(&pixel, ContentType::Html);
                        }
                        Ok(())
                    }))
                }))
                .append_document_content_handler(end!(move |document| {
                    if !was_placed.get() {
                        document.append(&pixel, ContentType::Html);
                    }
                    Ok(())
                }));
        }
        // HTML that cannot be rewritten is sent unchanged.
        rewrite_str(html, settings).unwrap_or_else(|_| html.to_owned())
    }
}

/// Returns the URL of a link if clicks on it can be tracked.
fn target(href: &str) -> Option<String> {
    let target = htmlize::unescape_attribute(href.trim());
    let is = |scheme: &str| {
        let start = target.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    // Control characters and spaces are invalid in a Location header; other non-ASCII characters
    // are percent-encoded.
    let sound =
        target.len() <= URL_MAX_BYTES && target.bytes().all(|byte| byte > b' ' && byte != 0x7f);
    (sound && (is("http://") || is("https://")))
        .then(|| utf8_percent_encode(&target, CONTROLS).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Links {
        let secrets = SecretKeys::parse(&SecretKeys::generate().unwrap()).unwrap();
        Links::new("https://mail.example.com", Arc::new(secrets))
    }

    #[test]
    fn a_link_is_for_one_thing_and_cannot_be_changed() {
        let links = links();
        let link = links.make(Kind::Click, "msg_1", "https://example.com/a b?c");
        let token = link.strip_prefix("https://mail.example.com/t/c/").unwrap();
        let (id, target) = links.read(Kind::Click, token).unwrap();
        assert_eq!(
            (id.as_str(), target.as_str()),
            ("msg_1", "https://example.com/a b?c")
        );
        assert!(links.read(Kind::Open, token).is_none());
        for index in 0..token.len() {
            let mut changed = token.as_bytes().to_vec();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(links.read(Kind::Click, &changed).is_none(), "{index}");
        }
        for short in ["", "AAAA", &token[..20], &"A".repeat(22)] {
            assert!(links.read(Kind::Click, short).is_none());
        }
    }

    #[test]
    fn only_web_addresses_are_followed() {
        assert_eq!(
            target("https://a.example/?b=1&amp;c=2").as_deref(),
            Some("https://a.example/?b=1&c=2")
        );
        assert_eq!(
            target(" HTTP://a.example ").as_deref(),
            Some("HTTP://a.example")
        );
        let umlaut = target("https://a.example/\u{fc}");
        assert_eq!(umlaut.as_deref(), Some("https://a.example/%C3%BC"));
        let long = format!("https://a.example/{}", "x".repeat(2000));
        for other in [
            "mailto:a@example.com",
            "#top",
            "javascript:alert(1)",
            "https://a\r\nb",
            &long,
        ] {
            assert_eq!(target(other), None, "{other}");
        }
    }
}
