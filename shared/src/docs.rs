//! The pages of the documentation: the guides with their addresses, where an operation's
//! page is, and where the specification's links lead. The sidebar is drawn from it, and
//! a test of the server follows every address.

use crate::operation::Operation;

/// The documentation's front page.
pub const DOCS: &str = "/dashboard/settings/developers/docs";
/// What changed in the API.
pub const CHANGELOG: &str = "/dashboard/settings/developers/docs/changelog";

/// A group of guides in the sidebar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What everyone needs.
    GettingStarted,
    /// What one looks up when the need arises.
    Guides,
    /// How to learn what became of mail; stands among the endpoints.
    Endpoints,
    /// Client libraries.
    Sdks,
    /// What changed; has an address of its own.
    Changelog,
}

/// A guide, a file `docs/guides/<slug>.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuideEntry {
    /// Its name in addresses and its file's name.
    pub slug: &'static str,
    /// Its name in the sidebar.
    pub label: &'static str,
    /// Where it stands there.
    pub section: Section,
}

impl GuideEntry {
    /// Its address.
    pub fn path(&self) -> String {
        match self.section {
            Section::Changelog => CHANGELOG.into(),
            _ => guide_path(self.slug),
        }
    }
}

const fn guide(slug: &'static str, label: &'static str, section: Section) -> GuideEntry {
    GuideEntry {
        slug,
        label,
        section,
    }
}

/// Every guide, in the order of the sidebar and of "previous" and "next".
pub const GUIDES: [GuideEntry; 12] = [
    guide("quickstart", "Quickstart", Section::GettingStarted),
    guide("authentication", "Authentication", Section::GettingStarted),
    guide("rate-limiting", "Rate Limiting", Section::GettingStarted),
    guide("error-handling", "Error Handling", Section::GettingStarted),
    guide("webhooks", "Webhooks", Section::Endpoints),
    guide(
        "templates-and-campaigns",
        "Templates and campaigns",
        Section::Guides,
    ),
    guide(
        "managing-keys-by-api",
        "Managing keys by API",
        Section::Guides,
    ),
    guide("security", "Security", Section::Guides),
    guide("versioning", "Versioning", Section::Guides),
    guide("business-setup", "Business setup", Section::Guides),
    guide("sdks", "SDKs & Libraries", Section::Sdks),
    guide("changelog", "Changelog", Section::Changelog),
];

/// The groups of operations as the sidebar shows them: what they are called in the
/// OpenAPI document, which also says what is in them.
pub const GROUPS: [&str; 6] = [
    "Emails",
    "Campaigns",
    "Contacts",
    "Analytics",
    "Templates",
    "Account",
];

/// The group of the management API's operations, which come after the others.
pub const MANAGEMENT: &str = "Management";

/// The address of a guide.
pub fn guide_path(slug: &str) -> String {
    format!("{DOCS}/guides/{slug}")
}

/// The address of a group of operations, named as in the document's tags.
pub fn group_path(group: &str) -> String {
    format!("{DOCS}/endpoints/{}", group.to_lowercase())
}

/// The address of an operation's page.
pub fn operation_path(group: &str, operation_id: &str) -> String {
    format!("{}/{operation_id}", group_path(group))
}

impl Operation {
    /// The group that it stands in: the collection that its path begins with.
    pub fn group(&self) -> &'static str {
        if self.is_management_api() {
            return MANAGEMENT;
        }
        match self.path.trim_start_matches("/v1/").split('/').next() {
            Some("whoami") | None => "account",
            Some(collection) => collection,
        }
    }

    /// The address of its page in the documentation, if a key can call it.
    pub fn docs_path(&self) -> Option<String> {
        (self.is_public_api() || self.is_management_api())
            .then(|| operation_path(self.group(), self.id))
    }
}

/// Where a link that the specification makes leads here; `None` if it makes no such link.
pub fn seed_link(link: &str) -> Option<&'static str> {
    let row = SEED_LINKS.iter().find(|(seed, _)| *seed == link);
    row.map(|(_, target)| *target)
}

macro_rules! docs {
    ($rest:literal) => {
        concat!("/dashboard/settings/developers/docs", $rest)
    };
}

/// Every link that the specification makes, and the page or section here that says what
/// it was to say.
pub const SEED_LINKS: [(&str, &str); 18] = [
    ("/dashboard/settings/billing", "/dashboard/settings/billing"),
    ("/dashboard/settings/developers/docs", DOCS),
    (
        "/dashboard/settings/integrations/esp/webhooks",
        "/dashboard/settings/integrations/esp/webhooks",
    ),
    (
        "/dashboard/settings/integrations/esp/webhooks#postmark",
        "/dashboard/settings/integrations/esp/webhooks#postmark",
    ),
    (
        "/dashboard/settings/integrations/esp/webhooks#mailgun",
        "/dashboard/settings/integrations/esp/webhooks#mailgun",
    ),
    (
        "/docs/compliance-security/enterprise/overview",
        docs!("/guides/security"),
    ),
    ("/docs/design/routes/#code-examples", docs!("/guides/sdks")),
    (
        "/docs/features/integrations/api-access",
        docs!("/guides/authentication"),
    ),
    (
        "/docs/features/integrations/api-access#authentication",
        docs!("/guides/authentication#send-the-key"),
    ),
    (
        "/docs/features/integrations/api-access#rate-limiting",
        docs!("/guides/rate-limiting"),
    ),
    (
        "/docs/features/integrations/webhook-system",
        docs!("/guides/webhooks"),
    ),
    ("/docs/implementation-technical/api/README", DOCS),
    (
        "/docs/implementation-technical/api/README#error-handling",
        docs!("/guides/error-handling"),
    ),
    (
        "/docs/implementation-technical/api/platform-api/api-keys",
        docs!("/guides/managing-keys-by-api"),
    ),
    (
        "/docs/implementation-technical/api/platform-api/authentication",
        docs!("/guides/authentication"),
    ),
    (
        "/docs/implementation-technical/api/tenant-api/analytics",
        docs!("/guides/managing-keys-by-api#related-calls"),
    ),
    (
        "/user-journeys/external-users/business-owner-journeys#api-integration",
        docs!("/guides/business-setup"),
    ),
    (
        "/user-journeys/internal-users/technical-teams-journeys",
        docs!("/guides/quickstart"),
    ),
];
