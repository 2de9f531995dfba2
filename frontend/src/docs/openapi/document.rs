//! An OpenAPI document: title, servers, groups and operations.

use crate::docs::openapi::operation::{Operation, operations};
use serde_json::Value;

/// A parsed OpenAPI document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub title: String,
    /// Version of the API, not of OpenAPI.
    pub version: String,
    /// Purpose of the API, in Markdown.
    pub description: String,
    /// Server URLs; the first one is the default.
    pub servers: Vec<String>,
    /// Operations, sorted by group.
    pub operations: Vec<Operation>,
    /// Groups, in the order of the document's `tags`.
    pub groups: Vec<Group>,
    pub(super) root: Value,
}

/// Operations with a common tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The tag, or the first path segment that is neither a version nor a parameter.
    pub name: String,
    /// Identifier in the URL.
    pub slug: String,
    /// Description of the tag; may be empty.
    pub description: String,
}

/// The JSON value is not an OpenAPI 3 document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOpenApi;

impl Document {
    /// Parses an OpenAPI 3.0 or 3.1 document.
    pub fn read(root: Value) -> Result<Self, NotOpenApi> {
        let is_supported = text(&root, "openapi").starts_with("3.");
        if !is_supported || !root["paths"].is_object() {
            return Err(NotOpenApi);
        }
        let mut operations = operations(&root);
        let groups = groups(&root, &operations);
        let place = |operation: &Operation| {
            let mut names = groups.iter().map(|group| &group.name);
            names.position(|name| *name == operation.group)
        };
        operations.sort_by_key(place);
        let servers = root["servers"].as_array().into_iter().flatten();
        Ok(Self {
            title: text(&root["info"], "title").to_owned(),
            version: text(&root["info"], "version").to_owned(),
            description: text(&root["info"], "description").to_owned(),
            servers: servers.map(address).collect(),
            operations,
            groups,
            root,
        })
    }

    /// Finds an operation by its group, as written in URLs, and its id.
    pub fn find_operation(&self, group: &str, id: &str) -> Option<&Operation> {
        let mut operations = self.operations.iter();
        operations.find(|operation| operation.id == id && operation.group.to_lowercase() == group)
    }

    /// Returns the base URL of requests: the first server, without a trailing slash.
    pub fn server(&self) -> &str {
        self.servers.first().map_or("", String::as_str)
    }
}

/// Returns the groups that have operations: those in the document's `tags` first, then the others
/// in order of appearance.
fn groups(root: &Value, operations: &[Operation]) -> Vec<Group> {
    let listed = root["tags"].as_array().into_iter().flatten();
    let listed = listed.map(|tag| (text(tag, "name"), text(tag, "description")));
    let used = operations
        .iter()
        .map(|operation| (operation.group.as_str(), ""));
    let mut groups: Vec<Group> = Vec::new();
    for (name, description) in listed.chain(used) {
        let is_known = groups.iter().any(|group| group.name == name);
        let has_operations = operations.iter().any(|operation| operation.group == name);
        if !is_known && has_operations {
            groups.push(Group {
                name: name.to_owned(),
                slug: slug(name),
                description: description.to_owned(),
            });
        }
    }
    groups
}

/// Returns a server's URL, with its variables set to their defaults.
fn address(server: &Value) -> String {
    let mut url = text(server, "url").to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        url = url.replace(&format!("{{{name}}}"), text(variable, "default"));
    }
    url.trim_end_matches('/').to_owned()
}

/// Returns a string member, or an empty string if there is none.
pub(super) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// Converts words to a slug: lower case, joined by hyphens.
pub(super) fn slug(words: &str) -> String {
    let mut slug = String::new();
    let mut was_lower = false;
    for c in words.chars() {
        let starts_word = !c.is_alphanumeric() || (c.is_uppercase() && was_lower);
        if starts_word && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase() || c.is_numeric();
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::openapi::test_documents::{ours, petstore, warehouse};
    use serde_json::json;

    #[test]
    fn our_groups_are_the_ones_of_the_sidebar() {
        let document = ours();
        let names: Vec<_> = document.groups.iter().map(|group| &group.name).collect();
        assert_eq!(
            names,
            [
                "Emails",
                "Campaigns",
                "Contacts",
                "Analytics",
                "Templates",
                "Account"
            ]
        );
        assert_eq!(document.server(), "http://127.0.0.1:8080");
        assert_eq!(document.version, "v1");
    }

    #[test]
    fn groups_come_from_paths_where_there_are_no_tags() {
        let document = warehouse();
        let names: Vec<_> = document.groups.iter().map(|group| &group.name).collect();
        assert_eq!(names, ["Shelves", "Stock"]);
        let shelves: Vec<_> = document
            .operations_of(&document.groups[0])
            .map(|operation| operation.slug.as_str())
            .collect();
        assert_eq!(
            shelves,
            ["get-v2-shelves-shelf-boxes", "put-v2-shelves-shelf-boxes"]
        );
    }

    #[test]
    fn variables_of_a_server_have_their_usual_value() {
        assert_eq!(petstore().server(), "https://eu.pets.example/api");
    }

    #[test]
    fn other_things_are_refused() {
        for other in [
            json!(null),
            json!({ "swagger": "2.0", "paths": {} }),
            json!({ "openapi": "3.1.0" }),
            json!([]),
        ] {
            assert_eq!(Document::read(other), Err(NotOpenApi));
        }
    }

    #[test]
    fn slugs_are_for_addresses() {
        assert_eq!(slug("send_email"), "send-email");
        assert_eq!(slug("listPetsByTag2"), "list-pets-by-tag2");
        assert_eq!(slug("GET /v1/a/{id}"), "get-v1-a-id");
        assert_eq!(slug("SDKs & Libraries"), "sdks-libraries");
    }
}
