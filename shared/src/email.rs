//! Emails: the request to send one, their status and events, and analytics.

use crate::{
    error::{ErrorCode, FieldError},
    ids::{CampaignId, MessageId},
    null, validate,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Maximum length of a subject, in characters.
pub const SUBJECT_MAX_CHARS: usize = 200;
/// Maximum size of the HTML body and of the text body, in bytes each.
pub const BODY_MAX_BYTES: usize = 512 * 1024;
/// Maximum size of the variables as JSON, in bytes.
pub const VARIABLES_MAX_BYTES: usize = 64 * 1024;
/// Maximum number of tags per email.
pub const TAGS_MAX: usize = 10;
/// Maximum length of a tag, in characters.
pub const TAG_MAX_CHARS: usize = 50;
/// Sandbox domain whose addresses simulate outcomes. Emails to it are captured, never delivered.
pub const SANDBOX_DOMAIN: &str = "sandbox.penguinmails.test";

/// Request body of `POST /v1/emails/send`: an email to one recipient, with either a template or a
/// subject and body.
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
    /// HTML email body (*required if not using template), up to 512 KiB. Sent unchanged:
    /// variables work only in templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html_body: Option<String>,
    /// Plain text version, up to 512 KiB; generated from the HTML body if omitted
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
    /// Tags for organization, at most 10
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
    /// Validates all fields. Returns one error for each invalid field.
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

/// Requires a single line of 1 to 200 characters.
pub fn subject_line(errors: &mut Vec<FieldError>, field: &str, value: &str) {
    validate::line(errors, field, value, 1, SUBJECT_MAX_CHARS);
}

/// Requires a body of 1 byte to 512 KiB.
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

/// Response for an email that was accepted and queued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailAccepted {
    /// Identifier of the email, with the prefix `msg_`.
    pub id: MessageId,
    /// Always `queued`: the email is stored and will be sent.
    pub status: EmailStatus,
    /// Recipient email address, with the domain in ASCII (Punycode).
    pub to: String,
    /// Time at which the email was accepted.
    pub created_at: DateTime<Utc>,
}

/// Declares an enum whose variants are single words in JSON and the database.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident $word:literal;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// Returns the value used in JSON and the database.
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
    /// Status of an email.
    EmailStatus {
        /// The email waits for its first attempt or a retry.
        Queued "queued";
        /// The mail server of this installation accepted the email.
        Sent "sent";
        /// The email reached the recipient's mailbox.
        Delivered "delivered";
        /// A mail server rejected the email permanently.
        Bounced "bounced";
        /// The recipient marked the email as spam.
        Complained "complained";
        /// The email was given up without being sent; `last_error` contains the reason.
        Failed "failed";
    }
}

words! {
    /// Type of event in the life of an email.
    EventKind {
        /// The email was handed to the mail server of this installation.
        Sent "sent";
        /// The email reached the recipient's mailbox.
        Delivered "delivered";
        /// A mail server rejected the email permanently.
        Bounced "bounced";
        /// The recipient marked the email as spam.
        Complained "complained";
        /// The email was given up without being sent.
        Failed "failed";
        /// The recipient opened the email for the first time.
        Opened "opened";
        /// The recipient clicked a link.
        Clicked "clicked";
        /// The recipient unsubscribed.
        Unsubscribed "unsubscribed";
    }
}

/// An email without its bodies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailView {
    /// Identifier of the email, with the prefix `msg_`.
    pub id: MessageId,
    /// Current status of the email.
    pub status: EmailStatus,
    /// Sender, as `a@b.c` or `Name <a@b.c>`.
    pub from: String,
    /// Recipient email address, with the domain in ASCII (Punycode).
    pub to: String,
    /// Subject line of the email.
    pub subject: String,
    /// Tags for organization, possibly none.
    pub tags: Vec<String>,
    /// Campaign that sent the email; `null` for transactional emails.
    pub campaign_id: Option<CampaignId>,
    /// Time at which the email was accepted.
    pub created_at: DateTime<Utc>,
    /// Time at which the email was handed to the mail server of this installation; `null` before
    /// that.
    pub sent_at: Option<DateTime<Utc>>,
}

/// An email with its bodies and events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailDetail {
    /// Properties that the list also contains.
    #[serde(flatten)]
    pub email: EmailView,
    /// HTML body before tracking is added. `null` for text emails, for keys without
    /// `emails:send`, if the template cannot be rendered, and after the server's retention period
    /// for bodies.
    pub html_body: Option<String>,
    /// HTML body as the recipient gets it, with tracked links and the tracking pixel. Displaying
    /// it counts as an open. `null` whenever `html_body` is.
    pub html_as_sent: Option<String>,
    /// Plain text body. `null` if it is generated from the HTML body, for keys without
    /// `emails:send`, and after the server's retention period for bodies.
    pub text_body: Option<String>,
    /// `true` if open tracking is enabled.
    pub track_opens: bool,
    /// `true` if click tracking is enabled.
    pub track_clicks: bool,
    /// `true` if the email is captured instead of delivered: emails of test keys, and emails to
    /// sandbox addresses.
    pub captured: bool,
    /// Number of delivery attempts so far.
    pub attempts: u32,
    /// Time of the next delivery attempt; `null` if none is due.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Error of the last delivery attempt, or the reason why the email was given up; `null` if
    /// there is none.
    pub last_error: Option<String>,
    /// Events of the email, oldest first.
    pub events: Vec<EmailEvent>,
}

impl EmailDetail {
    /// Removes the content of the email: its bodies and the clicked links.
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

/// An event in the life of an email.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailEvent {
    /// Type of the event.
    pub kind: EventKind,
    /// URL of the clicked link. Omitted for other events, and for keys without `emails:send`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Time at which the event happened.
    pub at: DateTime<Utc>,
}

/// Delivery and engagement of the emails accepted in a time range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailAnalytics {
    /// Start of the time range, inclusive.
    pub from: DateTime<Utc>,
    /// End of the time range, exclusive.
    pub to: DateTime<Utc>,
    /// Number of emails for each type of event. Repeated events of an email count once.
    pub totals: EmailTotals,
    /// Totals relative to the sent emails, from 0 to 1.
    pub rates: EmailRates,
    /// Numbers by day of acceptance, in UTC.
    pub days: Vec<EmailDay>,
}

/// Number of emails for each type of event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailTotals {
    /// Emails handed to a mail server, whether it accepted or rejected them.
    pub sent: u64,
    /// Emails known to have reached the mailbox.
    pub delivered: u64,
    /// Emails opened at least once.
    pub opened: u64,
    /// Emails with at least one clicked link.
    pub clicked: u64,
    /// Emails that were rejected permanently.
    pub bounced: u64,
    /// Emails that were marked as spam.
    pub complained: u64,
    /// Emails whose recipient unsubscribed.
    pub unsubscribed: u64,
    /// Emails that were given up without being sent.
    pub failed: u64,
}

/// Fractions of the sent emails, from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailRates {
    /// Fraction of emails known to have reached the mailbox.
    pub delivery_rate: f64,
    /// Fraction of emails opened at least once.
    pub open_rate: f64,
    /// Fraction of emails with at least one clicked link.
    pub click_rate: f64,
    /// Fraction of emails that were rejected permanently.
    pub bounce_rate: f64,
    /// Fraction of emails that were marked as spam.
    pub complaint_rate: f64,
    /// Fraction of emails whose recipient unsubscribed.
    pub unsubscribe_rate: f64,
}

/// Numbers for the emails accepted on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailDay {
    /// Day of acceptance, in UTC.
    pub date: NaiveDate,
    /// Emails handed to a mail server.
    pub sent: u64,
    /// Emails opened at least once.
    pub opened: u64,
    /// Emails with at least one clicked link.
    pub clicked: u64,
    /// Emails that were rejected permanently.
    pub bounced: u64,
}

impl EmailTotals {
    /// Returns the counter for one type of event.
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

    /// Computes the rates; all are 0 if nothing was sent.
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
