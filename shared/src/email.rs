//! Mails that programs send one by one.

use crate::{
    error::{ErrorCode, FieldError},
    ids::{CampaignId, MessageId},
    null, validate,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest subject, in characters.
pub const SUBJECT_MAX_CHARS: usize = 200;
/// The longest body, in bytes; HTML and text each.
pub const BODY_MAX_BYTES: usize = 512 * 1024;
/// The most that the variables may come to as JSON, in bytes.
pub const VARIABLES_MAX_BYTES: usize = 64 * 1024;
/// How many tags a mail may have.
pub const TAGS_MAX: usize = 10;
/// The longest tag, in characters.
pub const TAG_MAX_CHARS: usize = 50;
/// The domain whose addresses simulate outcomes; mail to it never leaves.
pub const SANDBOX_DOMAIN: &str = "sandbox.penguinmails.test";

/// `POST /v1/emails/send`: one mail to one recipient, either from a template or
/// with a subject and a body of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendEmail {
    /// Recipient email address, with its domain in Unicode or ASCII
    pub to: String,
    /// Sender email (defaults to account default), as `a@b.c` or `Name <a@b.c>`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Email subject (*required if not using template)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// HTML email body (*required if not using template), up to 512 KiB. Sent as it is:
    /// variables are for templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html_body: Option<String>,
    /// Plain text version, up to 512 KiB; made from the HTML if left out
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_body: Option<String>,
    /// Template ID (alternative to subject/body)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// Template variables, up to 64 KiB of JSON; only with `template_id`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<std::collections::HashMap<String, Value>>))]
    pub variables: Option<Map<String, Value>>,
    /// Enable open tracking (default: true)
    #[serde(default = "yes", deserialize_with = "null::as_true")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    pub track_opens: bool,
    /// Enable click tracking (default: true)
    #[serde(default = "yes", deserialize_with = "null::as_true")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    pub track_clicks: bool,
    /// Tags for organization
    #[serde(
        default,
        deserialize_with = "null::as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub tags: Vec<String>,
}

const fn yes() -> bool {
    true
}

impl SendEmail {
    /// What is wrong with the request, field by field.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        validate::email(&mut errors, "to", &self.to);
        if let Some(from) = &self.from {
            validate::sender(&mut errors, "from", from);
        }
        let mut report = |field: &str, message: &str| {
            errors.push(FieldError::new(field, ErrorCode::InvalidField, message));
        };
        let own = [
            ("subject", &self.subject),
            ("html_body", &self.html_body),
            ("text_body", &self.text_body),
        ];
        for (field, value) in own {
            match (&self.template_id, value) {
                (Some(_), Some(_)) => report(
                    field,
                    "The template has this already. Leave this field out, or leave out template_id.",
                ),
                (None, None) if field != "text_body" => {
                    report(field, "This field is required without a template_id.");
                }
                _ => {}
            }
        }
        if let Some(subject) = &self.subject {
            subject_line(&mut errors, "subject", subject);
        }
        for (field, value) in &own[1..] {
            if let Some(value) = value {
                body(&mut errors, field, value);
            }
        }
        if let Some(variables) = &self.variables
            && serde_json::to_string(variables).is_ok_and(|json| json.len() > VARIABLES_MAX_BYTES)
        {
            let message = format!("Use at most {VARIABLES_MAX_BYTES} bytes of JSON.");
            errors.push(FieldError::new(
                "variables",
                ErrorCode::InvalidField,
                message,
            ));
        }
        let has_variables = self.variables.as_ref().is_some_and(|all| !all.is_empty());
        if has_variables && self.template_id.is_none() {
            let message = "Variables fill a template. Add template_id, or leave this field out: \
                           subject and bodies of a request are sent as they are.";
            errors.push(FieldError::new(
                "variables",
                ErrorCode::InvalidField,
                message,
            ));
        }
        if self.tags.len() > TAGS_MAX {
            let message = format!("Use at most {TAGS_MAX} tags.");
            errors.push(FieldError::new("tags", ErrorCode::InvalidField, message));
        }
        for (index, tag) in self.tags.iter().enumerate() {
            validate::name(
                &mut errors,
                &format!("tags[{index}]"),
                tag,
                1,
                TAG_MAX_CHARS,
            );
        }
        validate::finish(errors)
    }
}

/// A subject: one line of 1 to 200 characters.
pub fn subject_line(errors: &mut Vec<FieldError>, field: &str, value: &str) {
    validate::line(errors, field, value, 1, SUBJECT_MAX_CHARS);
}

/// A body of 1 byte to 512 KiB.
pub fn body(errors: &mut Vec<FieldError>, field: &str, value: &str) {
    let message = if value.trim().is_empty() {
        "This field must not be empty.".to_owned()
    } else if value.len() > BODY_MAX_BYTES {
        format!(
            "Use at most {BODY_MAX_BYTES} bytes; this is {}.",
            value.len()
        )
    } else if value.contains('\0') {
        "Remove the NUL characters.".to_owned()
    } else {
        return;
    };
    errors.push(FieldError::new(field, ErrorCode::InvalidField, message));
}

/// The answer to a mail that will be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailAccepted {
    /// Identifier.
    pub id: MessageId,
    /// `queued`: it is stored and will be sent.
    pub status: EmailStatus,
    /// Recipient, with the domain in ASCII.
    pub to: String,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
}

/// Declares an enum whose variants are stored and sent as one word.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident $word:literal;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    other => Err(format!("unknown {}: {other}", stringify!($name))),
                }
            }
        }
    };
}

words! {
    /// How far a mail has come.
    EmailStatus {
        /// It waits to be sent, for the first time or again.
        Queued "queued";
        /// The mail server of this installation has taken it.
        Sent "sent";
        /// It reached the recipient's mailbox.
        Delivered "delivered";
        /// The recipient's server refused it for good.
        Bounced "bounced";
        /// The recipient called it spam.
        Complained "complained";
        /// No server took it, however often it was tried.
        Failed "failed";
    }
}

words! {
    /// Something that happened to a mail.
    EventKind {
        /// It was handed to the mail server of this installation.
        Sent "sent";
        /// It reached the recipient's mailbox.
        Delivered "delivered";
        /// The recipient's server refused it for good.
        Bounced "bounced";
        /// The recipient called it spam.
        Complained "complained";
        /// It was given up after the last attempt.
        Failed "failed";
        /// The recipient opened it, for the first time.
        Opened "opened";
        /// The recipient followed a link.
        Clicked "clicked";
        /// The recipient wants no more mails.
        Unsubscribed "unsubscribed";
    }
}

/// A mail, without its bodies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailView {
    /// Identifier.
    pub id: MessageId,
    /// How far it has come.
    pub status: EmailStatus,
    /// Sender.
    pub from: String,
    /// Recipient.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Tags.
    pub tags: Vec<String>,
    /// The campaign that it belongs to, if it was not sent by itself.
    pub campaign_id: Option<CampaignId>,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
    /// When it was handed to the mail server of this installation.
    pub sent_at: Option<DateTime<Utc>>,
}

/// A mail with everything that is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub email: EmailView,
    /// The HTML, before links are tracked. `null` for a text email, for keys without
    /// `emails:send`, if the template cannot be filled, and once the server's retention
    /// period for bodies has passed.
    pub html_body: Option<String>,
    /// The HTML as the recipient gets it: with tracked links and the image that notices
    /// opens. Showing it counts as an open. `null` where `html_body` is.
    pub html_as_sent: Option<String>,
    /// The text. `null` if it is made from the HTML, and for keys without `emails:send`.
    pub text_body: Option<String>,
    /// Whether opens are noticed.
    pub track_opens: bool,
    /// Whether followed links are noticed.
    pub track_clicks: bool,
    /// Whether it is kept here instead of leaving: mails of test keys, and those to the
    /// sandbox's addresses.
    pub captured: bool,
    /// How often sending it was tried.
    pub attempts: u32,
    /// When it will be tried next.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// What happened to it, oldest first.
    pub events: Vec<EmailEvent>,
}

impl EmailDetail {
    /// Leaves out what the email says: its bodies, and the links that were followed.
    #[must_use]
    pub fn without_bodies(mut self) -> Self {
        self.html_body = None;
        self.html_as_sent = None;
        self.text_body = None;
        for event in &mut self.events {
            event.url = None;
        }
        self
    }
}

/// Something that happened to a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailEvent {
    /// What.
    pub kind: EventKind,
    /// The link that was followed. Left out for keys without `emails:send`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became of the mails accepted in a range of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailAnalytics {
    /// Beginning of the range.
    pub from: DateTime<Utc>,
    /// End of the range.
    pub to: DateTime<Utc>,
    /// How many mails each thing happened to; twice to one mail counts once.
    pub totals: EmailTotals,
    /// The totals as parts of `sent`, 0 to 1.
    pub rates: EmailRates,
    /// The same by the day on which the mails were accepted, in UTC.
    pub days: Vec<EmailDay>,
}

/// How many mails each thing happened to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailTotals {
    /// Handed to a mail server, which took or refused them.
    pub sent: u64,
    /// Known to have reached the mailbox.
    pub delivered: u64,
    /// Opened.
    pub opened: u64,
    /// With a link that was followed.
    pub clicked: u64,
    /// Refused for good.
    pub bounced: u64,
    /// Called spam.
    pub complained: u64,
    /// Whose recipient wants no more.
    pub unsubscribed: u64,
    /// Given up.
    pub failed: u64,
}

/// Parts of the sent mails, 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailRates {
    /// Known to have reached the mailbox.
    pub delivery_rate: f64,
    /// Opened.
    pub open_rate: f64,
    /// With a link that was followed.
    pub click_rate: f64,
    /// Refused for good.
    pub bounce_rate: f64,
    /// Called spam.
    pub complaint_rate: f64,
    /// Whose recipient wants no more.
    pub unsubscribe_rate: f64,
}

/// One day's mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailDay {
    /// The day, in UTC.
    pub date: NaiveDate,
    /// Handed to a mail server.
    pub sent: u64,
    /// Opened.
    pub opened: u64,
    /// With a link that was followed.
    pub clicked: u64,
    /// Refused for good.
    pub bounced: u64,
}

impl EmailTotals {
    /// The number for one kind of event.
    pub fn of(&mut self, kind: EventKind) -> &mut u64 {
        match kind {
            EventKind::Sent => &mut self.sent,
            EventKind::Delivered => &mut self.delivered,
            EventKind::Bounced => &mut self.bounced,
            EventKind::Complained => &mut self.complained,
            EventKind::Failed => &mut self.failed,
            EventKind::Opened => &mut self.opened,
            EventKind::Clicked => &mut self.clicked,
            EventKind::Unsubscribed => &mut self.unsubscribed,
        }
    }

    /// The totals as parts of `sent`; all 0 if nothing was sent.
    pub fn rates(&self) -> EmailRates {
        let of_sent = |part: u64| match self.sent {
            0 => 0.0,
            sent => part as f64 / sent as f64,
        };
        EmailRates {
            delivery_rate: of_sent(self.delivered),
            open_rate: of_sent(self.opened),
            click_rate: of_sent(self.clicked),
            bounce_rate: of_sent(self.bounced),
            complaint_rate: of_sent(self.complained),
            unsubscribe_rate: of_sent(self.unsubscribed),
        }
    }
}
