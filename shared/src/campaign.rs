//! Campaigns, which send one email to many contacts.

use crate::{
    contact::validate_tags,
    email::{self, EmailRates, EmailTotals},
    error::{ErrorCode, FieldError},
    ids::CampaignId,
    null, validate,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Maximum length of a campaign's name, in characters.
pub const NAME_MAX_CHARS: usize = 100;

/// Request body of `POST /v1/campaigns` and `PUT /v1/campaigns/{id}`: content and recipients of a
/// campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CampaignForm {
    /// Internal name, 1 to 100 characters. Recipients do not see it.
    pub name: String,
    /// Subject line with variables, as in `Hello {{ first_name }}`.
    pub subject: String,
    /// HTML body with variables, up to 512 KiB (*required if not using template).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html_body: Option<String>,
    /// Template ID (alternative to the bodies). The template's bodies are copied when the
    /// campaign starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// Plain text body with variables, up to 512 KiB. Generated from the HTML body if omitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_body: Option<String>,
    /// Sender email, as `a@b.c` or `Name <a@b.c>`. Defaults to the account's default sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Tags that select the recipients: contacts with at least one of them. Empty selects every
    /// contact.
    #[serde(default, deserialize_with = "null::as_default")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub contact_tags: Vec<String>,
}

impl CampaignForm {
    /// Returns the name and the tags, for normalization.
    pub fn names_mut(&mut self) -> impl Iterator<Item = &mut String> {
        [&mut self.name].into_iter().chain(&mut self.contact_tags)
    }

    /// Validates all fields. Returns one error for each invalid field.
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

/// A campaign without its bodies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignSummary {
    /// Identifier of the campaign, with the prefix `cmp_`.
    pub id: CampaignId,
    /// Internal name, which recipients do not see.
    pub name: String,
    /// Subject line with variables.
    pub subject: String,
    /// Template that the bodies come from; `null` if the campaign has its own.
    pub template_id: Option<String>,
    /// Sender email; `null` for the account's default sender, which is set when the campaign
    /// starts.
    pub from: Option<String>,
    /// Tags that select the recipients: contacts with at least one of them. Empty selects every
    /// contact.
    pub contact_tags: Vec<String>,
    /// Current status of the campaign.
    pub status: CampaignStatus,
    /// Reason for the failure; `null` unless the status is `failed`.
    pub failure_reason: Option<String>,
    /// Number of contacts that the campaign is sent to; 0 until it is started.
    pub recipients: u64,
    /// Number of emails that wait to be sent.
    pub queued: u64,
    /// Number of emails handed to a mail server.
    pub sent: u64,
    /// Number of emails that could not be created or were given up. `GET /v1/emails/{id}` returns
    /// the reason.
    pub failed: u64,
    /// Time at which the campaign was created.
    pub created_at: DateTime<Utc>,
    /// Time at which the campaign was last changed, started or paused.
    pub updated_at: DateTime<Utc>,
    /// Time of the first start; `null` for drafts.
    pub started_at: Option<DateTime<Utc>>,
    /// Time at which the last email was sent or given up; `null` until the status is `completed`.
    pub completed_at: Option<DateTime<Utc>>,
}

/// A campaign with its bodies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignView {
    /// All properties except the bodies.
    #[serde(flatten)]
    pub summary: CampaignSummary,
    /// HTML body with variables; `null` until a campaign with a template is started.
    pub html_body: Option<String>,
    /// Plain text body with variables; `null` if it is generated from the HTML body.
    pub text_body: Option<String>,
    /// Quota that currently prevents a sending campaign from queueing more emails; `null` if
    /// there is none. The campaign resumes automatically when the quota allows it.
    pub waiting_for: Option<CampaignWait>,
}

/// Quota that delays a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CampaignWait {
    /// The storage quota is used up. Delete data, or ask for a larger quota.
    StoredBytes,
    /// Campaigns use half of the quota of queued emails. The campaign waits until some are sent.
    QueuedEmails,
}

/// Status of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CampaignStatus {
    /// Not started yet; can be edited.
    Draft,
    /// Emails are being queued and sent.
    Sending,
    /// Paused; queued emails wait until the campaign is resumed.
    Paused,
    /// All emails were sent or given up.
    Completed,
    /// Stopped permanently for the reason in `failure_reason`. Emails that were still queued are
    /// given up.
    Failed,
}

impl CampaignStatus {
    /// Every status, in order of progress.
    pub const ALL: [Self; 5] = [
        Self::Draft,
        Self::Sending,
        Self::Paused,
        Self::Completed,
        Self::Failed,
    ];

    /// Returns the value used in JSON and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sending => "sending",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// Returns `true` if a client may change the status to `next`. Campaigns complete
    /// automatically.
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft | Self::Paused, Self::Sending) | (Self::Sending, Self::Paused)
        )
    }

    /// Returns `true` if the campaign can be edited.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft)
    }

    /// Returns `true` if the campaign can be deleted.
    pub const fn is_deletable(self) -> bool {
        matches!(self, Self::Draft | Self::Completed | Self::Failed)
    }
}

impl std::fmt::Display for CampaignStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Delivery and engagement of a campaign. Each number counts an email at most once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignAnalytics {
    /// Identifier of the campaign.
    pub campaign_id: CampaignId,
    /// Internal name of the campaign.
    pub name: String,
    /// Current status of the campaign.
    pub status: CampaignStatus,
    /// Number of contacts that the campaign is sent to.
    pub recipients: u64,
    /// Number of emails for each type of event.
    #[serde(flatten)]
    pub totals: EmailTotals,
    /// Number of emails for each type of event, relative to the sent emails.
    pub rates: EmailRates,
    /// Links that were clicked, most clicked first, at most 100.
    pub links: Vec<LinkClicks>,
    /// Time of the first start; `null` for drafts.
    pub started_at: Option<DateTime<Utc>>,
    /// Time at which the last email was sent or given up; `null` until the status is `completed`.
    pub completed_at: Option<DateTime<Utc>>,
}

/// Clicks on one link of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkClicks {
    /// Target URL of the link.
    pub url: String,
    /// Number of clicks by all recipients, of which at most 100 per email are counted.
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
