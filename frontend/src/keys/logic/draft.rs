//! What has been entered in the key creation wizard, and whether it is right.

use crate::keys::logic::{ip_list::IpList, presets};
use chrono::{DateTime, TimeDelta, Utc};
use shared::{
    error::{ErrorCode, FieldError},
    key::{CreateKey, Environment},
    role::Role,
    scope::{Scope, ScopeSet},
};

/// A page of the wizard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Name, description, environment.
    Basics,
    /// The permission matrix.
    Permissions,
    /// When the key stops by itself.
    Expiration,
    /// From where it may be used.
    IpRestrictions,
}

impl Step {
    /// Every step in order.
    pub const ALL: [Self; 4] = [
        Self::Basics,
        Self::Permissions,
        Self::Expiration,
        Self::IpRestrictions,
    ];

    /// The step's heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Basics => "Basic Information",
            Self::Permissions => "Permissions",
            Self::Expiration => "Expiration",
            Self::IpRestrictions => "IP Restrictions",
        }
    }

    /// What the step is for, and whether it may be left as it is.
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

    /// Its number, from one.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// The step before.
    pub fn previous(self) -> Option<Self> {
        Self::ALL.get((self as usize).checked_sub(1)?).copied()
    }

    /// The step after.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self as usize + 1).copied()
    }

    /// The step on which a field of [`CreateKey`] is entered.
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

/// When the key is to stop by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Never.
    Never,
    /// So many days from now.
    Days(u32),
    /// At the end of a chosen day; `None` while none has been chosen.
    Custom(Option<DateTime<Utc>>),
}

impl Expiry {
    /// The lengths of time on offer, with their names.
    pub const SPANS: [(u32, &str); 3] = [(30, "30 days"), (90, "90 days"), (365, "1 year")];

    /// The moment that it comes to.
    pub fn end(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Never => None,
            Self::Days(days) => Some(now + TimeDelta::days(days.into())),
            Self::Custom(end) => end,
        }
    }
}

/// Everything that has been entered so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDraft {
    /// Name.
    pub name: String,
    /// Notes.
    pub description: String,
    /// Which data it works on.
    pub environment: Environment,
    /// What is ticked in the matrix.
    pub scopes: ScopeSet,
    /// When it stops by itself.
    pub expiry: Expiry,
    /// From where it may be used.
    pub ips: IpList,
    /// Whether it can be shown again later.
    pub recoverable: bool,
}

impl KeyDraft {
    /// The form as it opens for someone in `role`.
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

    /// The request that the draft comes to.
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

    /// What is wrong with the draft: the server's own checks, and what only the
    /// form can know.
    pub fn faults(&self, now: DateTime<Utc>) -> Vec<FieldError> {
        let mut faults = self.request().validate(now).err().unwrap_or_default();
        explain(&mut faults, &self.name, self.expiry);
        self.ips.explain(&mut faults);
        faults
    }
}

/// Makes what the server's checks found fit a form, and adds what only the form can
/// know.
pub fn explain(faults: &mut Vec<FieldError>, name: &str, expiry: Expiry) {
    if expiry == Expiry::Custom(None) {
        let code = ErrorCode::InvalidField;
        faults.push(FieldError::new("expires_at", code, "Choose a date."));
    }
    for fault in faults {
        if fault.field == "name" && name.trim().is_empty() {
            fault.message = "Enter a name.".into();
        }
    }
}

/// Those of `faults` that belong to `step`.
pub fn faults_on(faults: &[FieldError], step: Step) -> Vec<FieldError> {
    faults
        .iter()
        .filter(|fault| Step::of_field(&fault.field) == step)
        .cloned()
        .collect()
}

/// The message of the first fault of `field`, elements of a list included.
pub fn message_for(faults: &[FieldError], field: &str) -> Option<String> {
    let belongs = |fault: &&FieldError| {
        let rest = fault.field.strip_prefix(field);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
    };
    faults
        .iter()
        .find(belongs)
        .map(|fault| fault.message.clone())
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
        let faults = draft.faults(DateTime::UNIX_EPOCH);
        faults.into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn a_name_is_all_that_is_needed() {
        assert_eq!(fields(&draft()), [] as [&str; 0]);
        assert_eq!(fields(&KeyDraft::new(Role::Owner)), ["name"]);
    }

    #[test]
    fn blanks_around_the_name_are_not_a_fault() {
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
    fn the_faulty_address_is_named() {
        let draft = KeyDraft {
            ips: restricted("203.0.113.0/24, 198.51.100.500"),
            ..draft()
        };
        let faults = draft.faults(DateTime::UNIX_EPOCH);
        assert_eq!(faults[0].field, "ip_allowlist[1]");
        let message = message_for(&faults, "ip_allowlist").unwrap();
        assert!(message.starts_with("“198.51.100.500” is not"), "{message}");
        assert_eq!(faults_on(&faults, Step::IpRestrictions).len(), 1);
        assert!(faults_on(&faults, Step::Basics).is_empty());
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
