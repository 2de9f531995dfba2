//! Pages of the documentation: guides, operations, and targets of the links in the original
//! specification. The sidebar is generated from these tables, and a server test follows every
//! link.

pub mod navigation;

use crate::operation::Operation;

/// Path of the documentation's home page.
pub const DOCS: &str = "/dashboard/settings/developers/docs";
/// Path of the API changelog.
pub const CHANGELOG: &str = "/dashboard/settings/developers/docs/changelog";

/// A section of guides in the sidebar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Guides for first-time users.
    GettingStarted,
    /// Guides on single topics.
    Guides,
    /// Guides about delivery events, listed with the endpoints.
    Endpoints,
    /// Guides about client libraries.
    Sdks,
    /// The API changelog, which has its own path.
    Changelog,
}

/// A guide, stored in `docs/guides/<slug>.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuideEntry {
    /// Name of the guide in paths and of its file.
    pub slug: &'static str,
    /// Title shown in the sidebar.
    pub label: &'static str,
    /// Sidebar section of the guide.
    pub section: Section,
}

impl GuideEntry {
    /// Returns the path of the guide's page.
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

/// Every guide, in the order of the sidebar and of the "previous" and "next" links.
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

/// Groups of operations in the sidebar. They are tags in the OpenAPI document, which assigns the
/// operations.
pub const GROUPS: [&str; 6] = [
    "Emails",
    "Campaigns",
    "Contacts",
    "Analytics",
    "Templates",
    "Account",
];

/// Group of the management API's operations, shown after the other groups.
pub const MANAGEMENT: &str = "Management";

/// Returns the path of a guide's page.
pub fn guide_path(slug: &str) -> String {
    format!("{DOCS}/guides/{slug}")
}

/// Returns the path of a group of operations, named by a tag of the OpenAPI document.
pub fn group_path(group: &str) -> String {
    format!("{DOCS}/endpoints/{}", group.to_lowercase())
}

/// Returns the path of an operation's page.
pub fn operation_path(group: &str, operation_id: &str) -> String {
    format!("{}/{operation_id}", group_path(group))
}

impl Operation {
    /// Returns the group of the operation: the collection at the start of its path.
    pub fn group(&self) -> &'static str {
        if self.is_management_api() {
            return MANAGEMENT;
        }
        match self.path.trim_start_matches("/v1/").split('/').next() {
            Some("whoami") | None => "account",
            Some(collection) => collection,
        }
    }

    /// Returns the path of the operation's documentation page; `None` if keys cannot call it.
    pub fn docs_path(&self) -> Option<String> {
        (self.is_public_api() || self.is_management_api())
            .then(|| operation_path(self.group(), self.id))
    }
}

/// Returns the page to which a link in the original specification redirects; `None` for unknown
/// links.
pub fn legacy_link(link: &str) -> Option<&'static str> {
    let row = LEGACY_LINKS.iter().find(|(legacy, _)| *legacy == link);
    row.map(|(_, target)| *target)
}

macro_rules! docs {
    ($rest:literal) => {
        concat!("/dashboard/settings/developers/docs", $rest)
    };
}

/// Links in the original specification, each with the page or section that covers its topic.
pub const LEGACY_LINKS: [(&str, &str); 18] = [
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
