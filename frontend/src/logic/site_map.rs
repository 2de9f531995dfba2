//! Site map of the dashboard, used by the sidebar, the breadcrumbs, the command palette and the
//! shortcuts. Every page must be listed here before anything links to it.

use shared::{docs::DOCS, role::Role};

pub const OVERVIEW: &str = "/dashboard/settings/developers";
pub const KEYS: &str = "/dashboard/settings/developers/keys";
pub const USAGE: &str = "/dashboard/settings/developers/usage";
pub const ERRORS: &str = "/dashboard/settings/developers/docs/errors";
/// Former path of webhooks, with a notice.
pub const WEBHOOKS: &str = "/dashboard/settings/developers/webhooks";
/// Current path of webhooks.
pub const ESP_WEBHOOKS: &str = "/dashboard/settings/integrations/esp/webhooks";
pub const BILLING: &str = "/dashboard/settings/billing";

pub const ACCOUNT: &str = "/dashboard/settings/account";

/// Section of the sidebar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Developers,
    /// Connections to other services.
    Integrations,
    /// Plan, quotas and the user's account.
    Account,
}

impl Section {
    /// All sections, in the order of the sidebar.
    pub const ALL: [Self; 3] = [Self::Developers, Self::Integrations, Self::Account];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Developers => "Developers",
            Self::Integrations => "Integrations",
            Self::Account => "Account",
        }
    }

    /// Returns the target of the section's breadcrumb.
    const fn front_page(self) -> Option<&'static str> {
        match self {
            Self::Developers => Some(OVERVIEW),
            Self::Integrations | Self::Account => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Name in the navigation.
    pub label: &'static str,
    pub path: &'static str,
    pub section: Section,
    /// Minimum role; `None` makes the page public.
    pub role: Option<Role>,
    /// Key that opens the page after `g`.
    pub shortcut: char,
}

/// All pages, in the order of the sidebar.
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
    /// Returns `true` if the role may open the page. `None` is a visitor who is not signed in.
    pub fn is_open_to(&self, role: Option<Role>) -> bool {
        self.role
            .is_none_or(|weakest| role.is_some_and(|role| role >= weakest))
    }
}

/// Returns the parents of the page at `path` from the top, each with its name and path.
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

/// Returns `true` for documentation pages other than the front page.
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
