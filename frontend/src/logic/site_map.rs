//! THE list of the dashboard's pages: the sidebar, the breadcrumbs, the command
//! palette and the shortcuts are drawn from it. A page that is not in it does not
//! exist yet, and nothing links to it.

use shared::{docs::DOCS, role::Role};

/// The developer overview.
pub const OVERVIEW: &str = "/dashboard/settings/developers";
/// The keys.
pub const KEYS: &str = "/dashboard/settings/developers/keys";
/// How the API was used.
pub const USAGE: &str = "/dashboard/settings/developers/usage";
/// The error codes.
pub const ERRORS: &str = "/dashboard/settings/developers/docs/errors";
/// Where webhooks have moved from.
pub const WEBHOOKS: &str = "/dashboard/settings/developers/webhooks";
/// Where webhooks have moved to.
pub const ESP_WEBHOOKS: &str = "/dashboard/settings/integrations/esp/webhooks";
/// The plans.
pub const BILLING: &str = "/dashboard/settings/billing";

/// The user's own account.
pub const ACCOUNT: &str = "/dashboard/settings/account";

/// A group of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// For whoever builds on the API.
    Developers,
    /// Connections to other services.
    Integrations,
    /// The company's contract.
    Account,
}

impl Section {
    /// Every section, as the sidebar shows them.
    pub const ALL: [Self; 3] = [Self::Developers, Self::Integrations, Self::Account];

    /// As a person reads it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Developers => "Developers",
            Self::Integrations => "Integrations",
            Self::Account => "Account",
        }
    }

    /// The page that the breadcrumb leads to.
    const fn front_page(self) -> Option<&'static str> {
        match self {
            Self::Developers => Some(OVERVIEW),
            Self::Integrations | Self::Account => None,
        }
    }
}

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Its name in the navigation.
    pub label: &'static str,
    /// Its address.
    pub path: &'static str,
    /// Where it belongs.
    pub section: Section,
    /// The weakest role that may see it; `None` for everyone, signed in or not.
    pub role: Option<Role>,
    /// The key that opens it after `g`.
    pub shortcut: char,
}

/// Every page, as the sidebar shows them.
pub const PAGES: [Page; 9] = [
    Page {
        label: "Overview",
        path: OVERVIEW,
        section: Section::Developers,
        role: Some(Role::Developer),
        shortcut: 'o',
    },
    Page {
        label: "API Keys",
        path: KEYS,
        section: Section::Developers,
        role: Some(Role::Developer),
        shortcut: 'k',
    },
    Page {
        label: "Documentation",
        path: DOCS,
        section: Section::Developers,
        role: Some(Role::Developer),
        shortcut: 'd',
    },
    Page {
        label: "Usage Analytics",
        path: USAGE,
        section: Section::Developers,
        role: Some(Role::Developer),
        shortcut: 'u',
    },
    Page {
        label: "Webhooks",
        path: WEBHOOKS,
        section: Section::Developers,
        role: Some(Role::Developer),
        shortcut: 'w',
    },
    Page {
        label: "Error codes",
        path: ERRORS,
        section: Section::Developers,
        role: None,
        shortcut: 'e',
    },
    Page {
        label: "ESP webhooks",
        path: ESP_WEBHOOKS,
        section: Section::Integrations,
        role: Some(Role::Developer),
        shortcut: 'i',
    },
    Page {
        label: "Billing",
        path: BILLING,
        section: Section::Account,
        role: Some(Role::Developer),
        shortcut: 'b',
    },
    Page {
        label: "Your account",
        path: ACCOUNT,
        section: Section::Account,
        role: Some(Role::Member),
        shortcut: 'a',
    },
];

impl Page {
    /// Whether someone may see it; `None` is a visitor who has not signed in.
    pub fn is_open_to(&self, role: Option<Role>) -> bool {
        self.role
            .is_none_or(|weakest| role.is_some_and(|role| role >= weakest))
    }
}

/// What stands above the page at `path`, from the top: a name, and where it leads.
pub fn parents(path: &str) -> Vec<(&'static str, Option<&'static str>)> {
    let mut parents = vec![("Settings", None)];
    let page = PAGES.iter().find(|page| page.path == path);
    let section = page
        .map(|page| page.section)
        .or_else(|| path.starts_with(OVERVIEW).then_some(Section::Developers));
    if let Some(section) = section {
        let front_page = section
            .front_page()
            .filter(|front_page| *front_page != path);
        parents.push((section.label(), front_page));
    }
    if is_in_docs(path) {
        parents.push(("Documentation", Some(DOCS)));
    }
    parents
}

/// Whether `path` is a page of the documentation below its front page.
fn is_in_docs(path: &str) -> bool {
    let rest = path.strip_prefix(DOCS);
    rest.is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::docs::CHANGELOG;

    #[test]
    fn pages_differ_in_address_and_shortcut() {
        for (index, page) in PAGES.iter().enumerate() {
            for other in &PAGES[..index] {
                assert_ne!(page.path, other.path);
                assert_ne!(page.shortcut, other.shortcut);
            }
        }
    }

    #[test]
    fn breadcrumbs_lead_to_the_section() {
        let settings = ("Settings", None);
        assert_eq!(parents(KEYS), [settings, ("Developers", Some(OVERVIEW))]);
        assert_eq!(parents(OVERVIEW), [settings, ("Developers", None)]);
        assert_eq!(parents(BILLING), [settings, ("Account", None)]);
        assert_eq!(parents(ACCOUNT), [settings, ("Account", None)]);
        let unknown = format!("{OVERVIEW}/no-such-page");
        assert_eq!(
            parents(&unknown),
            [settings, ("Developers", Some(OVERVIEW))]
        );
        assert_eq!(parents("/dashboard/nothing"), [settings]);
        let docs = ("Documentation", Some(DOCS));
        let developers = ("Developers", Some(OVERVIEW));
        assert_eq!(parents(CHANGELOG), [settings, developers, docs]);
        assert_eq!(parents(DOCS), [settings, developers]);
    }

    #[test]
    fn visitors_see_the_open_pages_only() {
        let open = |role| PAGES.iter().filter(|page| page.is_open_to(role)).count();
        assert_eq!(open(None), 1);
        assert_eq!(open(Some(Role::Member)), 2);
        assert_eq!(open(Some(Role::Developer)), PAGES.len());
    }
}
