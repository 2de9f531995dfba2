//! An edit of a key: its differences and their consequences.

use crate::{
    format::time,
    keys::logic::{
        draft::{Expiry, explain},
        ip_list::IpList,
        rights::{because, beyond_rights, grant_of},
    },
};
use chrono::{DateTime, FixedOffset, Utc};
use reactive_stores::Store;
use shared::{
    error::FieldError,
    key::{KeyGrant, KeyView, UpdateKey},
    role::Role,
    scope::ScopeSet,
    validate::ip_range,
};

/// Form input of the edit dialog.
#[derive(Debug, Clone, PartialEq, Eq, Store)]
pub struct KeyEdit {
    pub name: String,
    pub description: String,
    /// Permissions that are checked in the matrix.
    pub scopes: ScopeSet,
    pub expiry: Expiry,
    pub ips: IpList,
}

/// A line of the change summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub kind: ChangeKind,
    /// Describes the change in words.
    pub text: String,
}

/// The kind of a change, which decides its icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// A permission is granted.
    Added,
    /// A permission is removed.
    Removed,
    /// A value is replaced.
    Changed,
}

impl KeyEdit {
    /// Creates the form input from `key`.
    pub fn of(key: &KeyView) -> Self {
        let expiry = key.expires_at.map(Some).map(Expiry::Custom);
        Self {
            name: key.name.clone(),
            description: key.description.clone(),
            scopes: granted(key),
            expiry: expiry.unwrap_or(Expiry::Never),
            ips: IpList::of(&key.ip_allowlist),
        }
    }

    /// Rebases the input, which started from `before`, onto the current key. Keeps the user's
    /// changes, per permission, and takes all other values from `current`.
    pub fn rebase(&mut self, before: &KeyView, current: &KeyView, now: DateTime<Utc>) {
        let mine = std::mem::replace(self, Self::of(current));
        let changed = mine.request(before, now);
        if changed.name.is_some() {
            self.name = mine.name;
        }
        if changed.description.is_some() {
            self.description = mine.description;
        }
        if changed.expires_at.is_some() {
            self.expiry = mine.expiry;
        }
        if changed.ip_allowlist.is_some() {
            self.ips = mine.ips;
        }
        let old = granted(before);
        let removed = old.minus(mine.scopes);
        self.scopes = self.scopes.minus(removed).union(mine.scopes.minus(old));
    }

    /// Returns a request with only the fields that differ from `key`.
    pub fn request(&self, key: &KeyView, now: DateTime<Utc>) -> UpdateKey {
        let changed = |new: &str, old: &str| (new.trim() != old).then(|| new.trim().into());
        let (end, ips) = (self.expiry.end(now), self.ips.all());
        UpdateKey {
            name: changed(&self.name, &key.name),
            description: changed(&self.description, &key.description),
            permissions: (self.scopes != granted(key)).then(|| self.scopes.iter().collect()),
            expires_at: (end != key.expires_at).then_some(end),
            ip_allowlist: differ(&ips, &key.ip_allowlist).then_some(ips),
        }
    }

    /// Validates the input with the server's checks and those of the form.
    pub fn errors(&self, key: &KeyView, now: DateTime<Utc>) -> Vec<FieldError> {
        let checked = self.request(key, now).validate(now);
        let mut errors = checked.err().unwrap_or_default();
        explain(&mut errors, &self.name, self.expiry);
        self.ips.explain(&mut errors);
        errors
    }

    /// Returns true if the edit widens the key's grant, which requires the password.
    pub fn widens(&self, key: &KeyView, now: DateTime<Utc>) -> bool {
        !self.grant(key, now).exceeds(&grant_of(key)).is_none()
    }

    /// Returns the reason why `role` can't save the edit: it widens the grant and includes
    /// permissions that only other roles can grant or approve.
    pub fn refusal(&self, role: Role, key: &KeyView, now: DateTime<Utc>) -> Option<String> {
        let beyond = beyond_rights(role, &self.grant(key, now));
        because("widen", beyond).filter(|_| self.widens(key, now))
    }

    /// Returns the grant after the edit. A permission keeps its approval until it is removed.
    fn grant(&self, key: &KeyView, now: DateTime<Utc>) -> KeyGrant {
        let before = grant_of(key);
        let ips = self.ips.all();
        KeyGrant {
            scopes: self.scopes,
            pending: self.scopes.needing_approval().minus(before.approved()),
            environment: key.environment,
            expires_at: self.expiry.end(now),
            ip_ranges: ips.iter().filter_map(|ip| ip_range(ip)).collect(),
        }
    }

    /// Lists the differences, with dates in the user's time zone.
    pub fn changes(
        &self,
        key: &KeyView,
        now: DateTime<Utc>,
        local: impl Fn(DateTime<Utc>) -> DateTime<FixedOffset>,
    ) -> Vec<Change> {
        let request = self.request(key, now);
        let date = |end: Option<DateTime<Utc>>| {
            end.map_or("Never".into(), |end| time::short_date(local(end)))
        };
        let ips = |list: &[String]| match list {
            [] => "All".into(),
            list => list.join(", "),
        };
        let mut texts = Vec::new();
        if let Some(name) = &request.name {
            texts.push(format!("Name: {} → {name}", key.name));
        }
        if request.description.is_some() {
            texts.push("Description".into());
        }
        if let Some(end) = request.expires_at {
            texts.push(format!("Expires: {} → {}", date(key.expires_at), date(end)));
        }
        if let Some(list) = &request.ip_allowlist {
            let (old, new) = (ips(&key.ip_allowlist), ips(list));
            texts.push(format!("Allowed IPs: {old} → {new}"));
        }
        let of_kind = |kind, scopes: ScopeSet| {
            scopes.iter().map(move |scope| Change {
                kind,
                text: match kind {
                    ChangeKind::Added if scope.needs_approval() => {
                        format!("{} (pending approval)", scope.label())
                    }
                    _ => scope.label().into(),
                },
            })
        };
        let old = granted(key);
        of_kind(ChangeKind::Added, self.scopes.minus(old))
            .chain(of_kind(ChangeKind::Removed, old.minus(self.scopes)))
            .chain(texts.into_iter().map(|text| Change {
                kind: ChangeKind::Changed,
                text,
            }))
            .collect()
    }
}

/// Lists the changes that someone else made to a key, including those that the form can't make.
pub fn changes_meanwhile(
    before: &KeyView,
    current: &KeyView,
    now: DateTime<Utc>,
    local: impl Fn(DateTime<Utc>) -> DateTime<FixedOffset>,
) -> Vec<Change> {
    let mut changes = KeyEdit::of(current).changes(before, now, local);
    let mut note = |text| {
        changes.push(Change {
            kind: ChangeKind::Changed,
            text,
        });
    };
    if current.status != before.status {
        let (old, new) = (before.status.label(), current.status.label());
        note(format!("Status: {old} → {new}"));
    }
    for scope in &before.pending_permissions {
        let is_granted = current.permissions.contains(scope);
        if is_granted && !current.pending_permissions.contains(scope) {
            note(format!("Approved: {}", scope.label()));
        }
    }
    changes
}

/// Returns the key's permissions as a set.
pub fn granted(key: &KeyView) -> ScopeSet {
    key.permissions.iter().copied().collect()
}

/// Returns true if the lists allow different addresses, regardless of notation.
fn differ(new: &[String], old: &[String]) -> bool {
    let read = |list: &[String]| list.iter().map(|ip| ip_range(ip)).collect::<Vec<_>>();
    read(new) != read(old)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::logic::test_key::test_key;
    use serde_json::json;
    use shared::scope::Scope;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn texts(edit: &KeyEdit, key: &KeyView) -> Vec<String> {
        let changes = edit.changes(key, NOW, |moment| moment.fixed_offset());
        changes.into_iter().map(|change| change.text).collect()
    }

    #[test]
    fn nothing_changed_sends_nothing() {
        let key = test_key(json!({
            "expires_at": "2026-03-01T00:00:00Z", "ip_allowlist": ["198.51.100.5/32"],
        }));
        let mut edit = KeyEdit::of(&key);
        assert_eq!(edit.request(&key, NOW), UpdateKey::default());
        assert!(edit.errors(&key, NOW).is_empty());
        assert!(!edit.widens(&key, NOW));
        edit.name += "  ";
        edit.ips.entries = vec!["198.51.100.5".into()];
        assert_eq!(edit.request(&key, NOW), UpdateKey::default());
    }

    #[test]
    fn only_what_changed_is_sent() {
        let key = test_key(json!({}));
        let mut edit = KeyEdit::of(&key);
        edit.name = "Staging".into();
        edit.scopes = ScopeSet::of(&[Scope::ContactsRead, Scope::EmailsSend]);
        let request = UpdateKey {
            name: Some("Staging".into()),
            permissions: Some(vec![Scope::ContactsRead, Scope::EmailsSend]),
            ..UpdateKey::default()
        };
        assert_eq!(edit.request(&key, NOW), request);
        assert!(!edit.widens(&key, NOW), "read came with write");
        assert_eq!(
            texts(&edit, &key),
            [
                "Read Contacts",
                "Write Contacts",
                "Name: Production App → Staging"
            ]
        );
        edit.scopes = edit.scopes.with(Scope::ContactsDelete);
        assert!(edit.widens(&key, NOW));
    }

    #[test]
    fn longer_and_from_more_places_is_wider() {
        let key = test_key(json!({
            "expires_at": "1970-02-01T00:00:00Z", "ip_allowlist": ["203.0.113.0/24"],
        }));
        let mut edit = KeyEdit::of(&key);
        edit.expiry = Expiry::Days(7);
        assert!(!edit.widens(&key, NOW));
        edit.expiry = Expiry::Never;
        assert!(edit.widens(&key, NOW));
        assert_eq!(edit.request(&key, NOW).expires_at, Some(None));
        assert_eq!(texts(&edit, &key), ["Expires: Feb 1, 1970 → Never"]);

        edit = KeyEdit::of(&key);
        edit.ips.typed = "198.51.100.5".into();
        assert!(edit.widens(&key, NOW));
        edit.ips.restricted = false;
        assert!(edit.widens(&key, NOW));
        assert_eq!(texts(&edit, &key), ["Allowed IPs: 203.0.113.0/24 → All"]);
    }

    #[test]
    fn an_edit_moves_to_the_key_as_it_is_now() {
        let before = test_key(json!({
            "permissions": ["contacts:write", "emails:send"],
            "expires_at": "1970-02-01T00:00:00Z",
        }));
        let current = test_key(json!({
            "permissions": ["contacts:write", "campaigns:read"], "name": "CRM",
            "description": "theirs", "status": "disabled",
            "ip_allowlist": ["203.0.113.0/24"], "expires_at": "1970-03-01T00:00:00Z",
        }));
        let local = |moment: DateTime<Utc>| moment.fixed_offset();
        let theirs = changes_meanwhile(&before, &current, NOW, local);
        let theirs: Vec<_> = theirs.into_iter().map(|change| change.text).collect();
        assert_eq!(
            theirs,
            [
                "Read Campaigns",
                "Send Emails",
                "Name: Production App → CRM",
                "Description",
                "Expires: Feb 1, 1970 → Mar 1, 1970",
                "Allowed IPs: All → 203.0.113.0/24",
                "Status: Active → Disabled"
            ]
        );

        // Renaming a key doesn't restore a permission that someone else removed.
        let mut edit = KeyEdit::of(&before);
        edit.name = "Shop".into();
        edit.rebase(&before, &current, NOW);
        let only_name = UpdateKey {
            name: Some("Shop".into()),
            ..UpdateKey::default()
        };
        assert_eq!(edit.request(&current, NOW), only_name);

        // Permissions are merged one by one.
        let mut edit = KeyEdit::of(&before);
        edit.scopes = ScopeSet::of(&[Scope::EmailsSend, Scope::AnalyticsRead]);
        edit.description = "mine".into();
        edit.ips.restricted = true;
        edit.ips.typed = "198.51.100.5".into();
        edit.rebase(&before, &current, NOW);
        let moved = [Scope::CampaignsRead, Scope::AnalyticsRead];
        assert_eq!(edit.scopes, ScopeSet::of(&moved));
        assert_eq!(edit.description, "mine");
        assert_eq!(edit.name, "CRM");
        let request = edit.request(&current, NOW);
        assert_eq!(request.ip_allowlist, Some(vec!["198.51.100.5".into()]));
        assert_eq!(request.expires_at, None);
        assert!(edit.widens(&current, NOW), "it needs the password now");
        edit.rebase(&current, &current, NOW);
        assert_eq!(edit.request(&current, NOW), request);
    }

    #[test]
    fn an_approval_and_an_undone_change_are_told() {
        let bulk = |pending: serde_json::Value| {
            test_key(json!({
                "permissions": ["emails:send_bulk"], "pending_permissions": pending,
            }))
        };
        let (before, current) = (bulk(json!(["emails:send_bulk"])), bulk(json!([])));
        let local = |moment: DateTime<Utc>| moment.fixed_offset();
        let theirs = changes_meanwhile(&before, &current, NOW, local);
        assert_eq!(theirs.len(), 1);
        assert!(theirs[0].text.starts_with("Approved: "), "{theirs:?}");
        let mut edit = KeyEdit::of(&before);
        edit.rebase(&before, &current, NOW);
        assert_eq!(edit.request(&current, NOW), UpdateKey::default());
    }

    #[test]
    fn errors_are_found_before_sending() {
        let key = test_key(json!({}));
        let mut edit = KeyEdit::of(&key);
        edit.name = " ".into();
        edit.scopes = ScopeSet::EMPTY;
        edit.expiry = Expiry::Custom(None);
        edit.ips.restricted = true;
        let fields: Vec<_> = edit
            .errors(&key, NOW)
            .into_iter()
            .map(|f| f.field)
            .collect();
        assert_eq!(
            fields,
            ["name", "permissions", "expires_at", "ip_allowlist"]
        );
    }
}
