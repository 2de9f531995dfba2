//! Campaigns: one mail to many contacts.

use crate::{
    contact::validate_tags,
    email::{self, EmailRates, EmailTotals},
    error::{ErrorCode, FieldError},
    ids::CampaignId,
    null, validate,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The longest name, in characters.
pub const NAME_MAX_CHARS: usize = 100;

/// `POST /v1/campaigns` and `PUT /v1/campaigns/{id}`: what a campaign says and to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CampaignForm {
    /// A name for the team; recipients do not see it.
    pub name: String,
    /// Subject, with variables as in `Hello {{ first_name }}`.
    pub subject: String,
    /// HTML body with variables, up to 512 KiB (*required if not using template).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html_body: Option<String>,
    /// Template whose bodies to use (alternative to bodies of its own). They are copied when
    /// the campaign starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// Text body with variables, up to 512 KiB; made from the HTML if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_body: Option<String>,
    /// Sender, as `a@b.c` or `Name <a@b.c>`; the account's default if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Contacts with at least one of these tags get it; every contact if there are none.
    #[serde(default, deserialize_with = "null::as_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub contact_tags: Vec<String>,
}

impl CampaignForm {
    /// The name and the tags.
    pub fn names_mut(&mut self) -> impl Iterator<Item = &mut String> {
        [&mut self.name].into_iter().chain(&mut self.contact_tags)
    }

    /// What is wrong with the form, field by field.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        validate::name(&mut errors, "name", &self.name, 1, NAME_MAX_CHARS);
        email::subject_line(&mut errors, "subject", &self.subject);
        let mut report = |field: &str, message: &str| {
            errors.push(FieldError::new(field, ErrorCode::InvalidField, message));
        };
        if self.template_id.is_some() {
            for (field, body) in self.bodies() {
                if body.is_some() {
                    report(
                        field,
                        "The template has this already. Leave this field out, or leave out template_id.",
                    );
                }
            }
        } else if self.html_body.is_none() {
            report("html_body", "This field is required without a template_id.");
        }
        for (field, body) in self.bodies() {
            if let Some(body) = body {
                email::body(&mut errors, field, body);
            }
        }
        if let Some(from) = &self.from {
            validate::sender(&mut errors, "from", from);
        }
        validate_tags(&mut errors, "contact_tags", &self.contact_tags);
        validate::finish(errors)
    }

    fn bodies(&self) -> [(&'static str, &Option<String>); 2] {
        [
            ("html_body", &self.html_body),
            ("text_body", &self.text_body),
        ]
    }
}

/// A campaign, without its bodies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignSummary {
    /// Identifier.
    pub id: CampaignId,
    /// A name for the team.
    pub name: String,
    /// Subject, with variables.
    pub subject: String,
    /// The template that its bodies come from.
    pub template_id: Option<String>,
    /// Sender; `null` for the account's default, which is settled when it starts.
    pub from: Option<String>,
    /// Contacts with at least one of these tags get it; every contact if there are none.
    pub contact_tags: Vec<String>,
    /// How far it has come.
    pub status: CampaignStatus,
    /// Why it has failed; `null` unless it has.
    pub failure_reason: Option<String>,
    /// How many contacts it goes to: 0 before it is started.
    pub recipients: u64,
    /// How many of its mails wait to be sent.
    pub queued: u64,
    /// How many of its mails were handed to a mail server.
    pub sent: u64,
    /// How many of its mails could not be made or were given up; `GET /v1/emails/{id}`
    /// tells why.
    pub failed: u64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed, started or paused.
    pub updated_at: DateTime<Utc>,
    /// When it was first started.
    pub started_at: Option<DateTime<Utc>>,
    /// When its last mail had been sent.
    pub completed_at: Option<DateTime<Utc>>,
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignView {
    /// Everything but the bodies.
    #[serde(flatten)]
    pub summary: CampaignSummary,
    /// HTML body, with variables; `null` while it is a template's that may yet change.
    pub html_body: Option<String>,
    /// Text body, with variables; `null` if it is made from the HTML.
    pub text_body: Option<String>,
    /// The quota that keeps a sending campaign from queueing more emails at the moment; `null`
    /// if it does not wait. It goes on by itself once there is room.
    pub waiting_for: Option<CampaignWait>,
}

/// The quota that a campaign waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CampaignWait {
    /// The storage quota is used up: delete something, or ask for a larger quota.
    StoredBytes,
    /// Campaigns fill half of the quota of queued emails: it waits until some are sent.
    QueuedEmails,
}

/// How far a campaign has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CampaignStatus {
    /// It is being written and can be changed.
    Draft,
    /// Its mails are being queued and sent.
    Sending,
    /// It is halted: what is queued waits.
    Paused,
    /// All its mails were sent or given up.
    Completed,
    /// It was stopped for good: `failure_reason` says why. What was still queued is given up.
    Failed,
}

impl CampaignStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Draft,
        Self::Sending,
        Self::Paused,
        Self::Completed,
        Self::Failed,
    ];

    /// The status as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sending => "sending",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// Whether a client may move a campaign from here to `next`. Completion comes
    /// by itself.
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft | Self::Paused, Self::Sending) | (Self::Sending, Self::Paused)
        )
    }

    /// Whether a campaign can be changed.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft)
    }

    /// Whether a campaign can be deleted.
    pub const fn is_deletable(self) -> bool {
        matches!(self, Self::Draft | Self::Completed | Self::Failed)
    }
}

impl std::fmt::Display for CampaignStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What became of a campaign's mails. Each mail counts once in each number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignAnalytics {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub name: String,
    /// How far it has come.
    pub status: CampaignStatus,
    /// How many contacts it goes to.
    pub recipients: u64,
    /// How many mails each thing happened to.
    #[serde(flatten)]
    pub totals: EmailTotals,
    /// The same as parts of the sent ones.
    pub rates: EmailRates,
    /// The links that were followed, most often first, at most 100.
    pub links: Vec<LinkClicks>,
    /// When it was first started.
    pub started_at: Option<DateTime<Utc>>,
    /// When its last mail had been sent.
    pub completed_at: Option<DateTime<Utc>>,
}

/// A link and how often it was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkClicks {
    /// Where it leads.
    pub url: String,
    /// How often it was followed, by anyone.
    pub clicks: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_of_its_own_or_a_template() {
        let fields = |form: &str| {
            let form: CampaignForm = serde_json::from_str(form).unwrap();
            let errors = form.validate().err().unwrap_or_default();
            errors.into_iter().map(|e| e.field).collect::<Vec<_>>()
        };
        let own = r#"{"name":"a","subject":"b","html_body":"c","text_body":"d"}"#;
        assert_eq!(fields(own), [""; 0]);
        let template = r#"{"name":"a","subject":"b","template_id":"c"}"#;
        assert_eq!(fields(template), [""; 0]);
        assert_eq!(fields(r#"{"name":"a","subject":"b"}"#), ["html_body"]);
        let both =
            r#"{"name":"a","subject":"b","template_id":"c","html_body":"d","text_body":"e"}"#;
        assert_eq!(fields(both), ["html_body", "text_body"]);
        let wrong = r#"{"name":"","subject":"a\nb","html_body":"","from":"x","contact_tags":[""]}"#;
        assert_eq!(
            fields(wrong),
            ["name", "subject", "html_body", "from", "contact_tags[0]"]
        );
    }
}
