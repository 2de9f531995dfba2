//! Form input of the key creation wizard, and its validation.

use crate::keys::logic::{ip_list::IpList, presets};
use chrono::{DateTime, TimeDelta, Utc};
use reactive_stores::Store;
use shared::{
    error::{ErrorCode, FieldError},
    key::{CreateKey, Environment},
    role::Role,
    scope::{Scope, ScopeSet},
};

/// A step of the wizard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Name, description, environment.
    Basics,
    Permissions,
    Expiration,
    IpRestrictions,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Self; 4] = [
        Self::Basics,
        Self::Permissions,
        Self::Expiration,
        Self::IpRestrictions,
    ];

    /// Returns the heading of the step.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Basics => "Basic Information",
            Self::Permissions => "Permissions",
            Self::Expiration => "Expiration",
            Self::IpRestrictions => "IP Restrictions",
        }
    }

    /// Returns the introduction of the step, which says if it is optional.
    pub const fn lead(self) -> &'static str {
        match self {
            Self::Basics => "What the key is for, and which data it works on.",
            Self::Permissions => "What the key may do. Grant only what its application needs.",
            Self::Expiration => "Optional. A key that ends by itself cannot be forgotten.",
            Self::IpRestrictions => {
                "Optional. A key that works from few places is of little use to others."
            }
        }
    }

    /// Returns the step's number, from 1.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    pub fn previous(self) -> Option<Self> {
        Self::ALL.get((self as usize).checked_sub(1)?).copied()
    }

    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self as usize + 1).copied()
    }

    /// Returns the step with the input for a field of [`CreateKey`].
    pub fn of_field(field: &str) -> Self {
        let name = field.split(['[', '.']).next().unwrap_or(field);
        match name {
            "permissions" => Self::Permissions,
            "expires_at" | "expires_in_days" => Self::Expiration,
            "ip_allowlist" => Self::IpRestrictions,
            _ => Self::Basics,
        }
    }
}

/// Expiry of a key, as selected in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    Never,
    /// Number of days from now.
    Days(u32),
    /// End of the selected day; `None` until one is selected.
    Custom(Option<DateTime<Utc>>),
}

impl Expiry {
    /// Available lifetimes in days, with their labels.
    pub const SPANS: [(u32, &str); 3] = [(30, "30 days"), (90, "90 days"), (365, "1 year")];

    /// Returns the expiry time, if there is one.
    pub fn end(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Never => None,
            Self::Days(days) => Some(now + TimeDelta::days(days.into())),
            Self::Custom(end) => end,
        }
    }
}

/// Form input of all steps.
#[derive(Debug, Clone, PartialEq, Eq, Store)]
pub struct KeyDraft {
    pub name: String,
    pub description: String,
    pub environment: Environment,
    /// Permissions that are checked in the matrix.
    pub scopes: ScopeSet,
    pub expiry: Expiry,
    pub ips: IpList,
    /// True if the server should store the key, so that it can be revealed later.
    pub recoverable: bool,
}

impl KeyDraft {
    /// Creates the initial draft for a user with `role`.
    pub fn new(role: Role) -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            environment: Environment::Live,
            scopes: presets::initial_scopes(role),
            expiry: Expiry::Never,
            ips: IpList::default(),
            recoverable: false,
        }
    }

    /// Converts the draft to a request.
    pub fn request(&self) -> CreateKey {
        let (expires_at, expires_in_days) = match self.expiry {
            Expiry::Never => (None, None),
            Expiry::Days(days) => (None, Some(days)),
            Expiry::Custom(end) => (end, None),
        };
        CreateKey {
            name: self.name.trim().into(),
            description: self.description.trim().into(),
            environment: self.environment,
            permissions: self.scopes.iter().collect::<Vec<Scope>>(),
            expires_at,
            expires_in_days,
            ip_allowlist: self.ips.all(),
            recoverable: self.recoverable,
        }
    }

    /// Validates the draft with the server's checks and those of the form.
    pub fn errors(&self, now: DateTime<Utc>) -> Vec<FieldError> {
        let mut errors = self.request().validate(now).err().unwrap_or_default();
        explain(&mut errors, &self.name, self.expiry);
        self.ips.explain(&mut errors);
        errors
    }
}

/// Adapts the messages of the server's checks to a form, and adds errors that only the form can
/// detect.
pub fn explain(errors: &mut Vec<FieldError>, name: &str, expiry: Expiry) {
    if expiry == Expiry::Custom(None) {
        let code = ErrorCode::InvalidField;
        errors.push(FieldError::new("expires_at", code, "Choose a date."));
    }
    for error in errors {
        if error.field == "name" && name.trim().is_empty() {
            error.message = "Enter a name.".into();
        }
    }
}

/// Returns the errors that belong to `step`.
pub fn errors_on(errors: &[FieldError], step: Step) -> Vec<FieldError> {
    errors
        .iter()
        .filter(|error| Step::of_field(&error.field) == step)
        .cloned()
        .collect()
}

/// Returns the message of the first error of `field` or its elements.
pub fn message_for(errors: &[FieldError], field: &str) -> Option<String> {
    let belongs = |error: &&FieldError| {
        let rest = error.field.strip_prefix(field);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
    };
    errors
        .iter()
        .find(belongs)
        .map(|error| error.message.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> KeyDraft {
        KeyDraft {
            name: "Production App".into(),
            ..KeyDraft::new(Role::Owner)
        }
    }

    fn restricted(typed: &str) -> IpList {
        IpList {
            restricted: true,
            typed: typed.into(),
            ..IpList::default()
        }
    }

    fn fields(draft: &KeyDraft) -> Vec<String> {
        let errors = draft.errors(DateTime::UNIX_EPOCH);
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_name_is_all_that_is_needed() {
        assert_eq!(fields(&draft()), [] as [&str; 0]);
        assert_eq!(fields(&KeyDraft::new(Role::Owner)), ["name"]);
    }

    #[test]
    fn blanks_around_the_name_are_not_an_error() {
        let draft = KeyDraft {
            name: "  Production App ".into(),
            ..draft()
        };
        assert_eq!(fields(&draft), [] as [&str; 0]);
        assert_eq!(draft.request().name, "Production App");
    }

    #[test]
    fn a_chosen_restriction_must_be_filled_in() {
        let mut draft = KeyDraft {
            expiry: Expiry::Custom(None),
            ips: restricted(" , "),
            ..draft()
        };
        assert_eq!(fields(&draft), ["expires_at", "ip_allowlist"]);
        draft.ips = restricted("nonsense");
        draft.ips.restricted = false;
        assert_eq!(fields(&draft), ["expires_at"], "unused text does not count");
    }

    #[test]
    fn the_invalid_address_is_named() {
        let draft = KeyDraft {
            ips: restricted("203.0.113.0/24, 198.51.100.500"),
            ..draft()
        };
        let errors = draft.errors(DateTime::UNIX_EPOCH);
        assert_eq!(errors[0].field, "ip_allowlist[1]");
        let message = message_for(&errors, "ip_allowlist").unwrap();
        assert!(message.starts_with("“198.51.100.500” is not"), "{message}");
        assert_eq!(errors_on(&errors, Step::IpRestrictions).len(), 1);
        assert!(errors_on(&errors, Step::Basics).is_empty());
    }

    #[test]
    fn steps_lead_forth_and_back() {
        assert_eq!(Step::Basics.previous(), None);
        assert_eq!(Step::Basics.next(), Some(Step::Permissions));
        assert_eq!(Step::IpRestrictions.next(), None);
        assert_eq!(Step::of_field("expires_in_days"), Step::Expiration);
        assert_eq!(Step::of_field("description"), Step::Basics);
    }
}
