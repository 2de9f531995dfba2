//! The list of this server's APIs (RFC 9727), a link set (RFC 9264).

use super::{MARKDOWN_SUFFIX, Published};
use chrono::NaiveDate;
use serde_json::{Value, json};
use shared::docs::DOCS;

/// Path at which programs look for the list.
const API_CATALOG: &str = "/.well-known/api-catalog";

/// `Link` header that leads to the list (RFC 9727, section 3).
pub const API_CATALOG_LINK: &str = "</.well-known/api-catalog>; rel=\"api-catalog\"";

const CONTENT_TYPE: &str =
    "application/linkset+json; profile=\"https://www.rfc-editor.org/info/rfc9727\"";

pub fn publish(public_url: &str, changed: Option<NaiveDate>) -> Published {
    let public = format!("{public_url}/v1");
    let management = format!("{public_url}/api/v1");
    let link = |path: &str, media_type: &str| json!({ "href": format!("{public_url}{path}"), "type": media_type });
    let api = |anchor: &str, descriptions: Value| {
        json!({
            "anchor": anchor,
            "service-desc": descriptions,
            "service-doc": [
                link(DOCS, "text/html"),
                link(&format!("{DOCS}{MARKDOWN_SUFFIX}"), "text/markdown"),
            ],
            "status": [link("/readyz", "text/plain")],
        })
    };
    let catalog = json!({ "linkset": [
        {
            "anchor": format!("{public_url}{API_CATALOG}"),
            "item": [{ "href": public }, { "href": management }],
        },
        api(&public, json!([
            link("/openapi.json", "application/json"),
            link("/openapi.yaml", "application/yaml"),
        ])),
        api(&management, json!([link("/openapi-management.json", "application/json")])),
    ]});
    // A tree of strings can always be serialized.
    let body = serde_json::to_vec_pretty(&catalog).unwrap_or_default();
    Published::new(CONTENT_TYPE, body, changed)
}
