//! Code snippets for a new key.

/// Returns a curl call of `path` with the key.
pub fn curl_get(origin: &str, path: &str, api_key: &str) -> String {
    format!("curl -X GET {origin}{path} \\\n  -H \"Authorization: Bearer {api_key}\"")
}

/// Returns the line for a `.env` file.
pub fn env_line(api_key: &str) -> String {
    format!("PENGUINMAILS_API_KEY={api_key}")
}

/// Returns a complete `.env` file.
pub fn env_file(name: &str, api_key: &str) -> String {
    let line = env_line(api_key);
    // A name can contain line breaks, which would end the comment.
    let name = name.replace(char::is_control, " ");
    format!("# {name}\n# Keep this file out of version control.\n{line}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_are_ready_to_run() {
        assert_eq!(
            curl_get("http://127.0.0.1:8080", "/v1/contacts", "pm_test_x"),
            "curl -X GET http://127.0.0.1:8080/v1/contacts \\\n  -H \"Authorization: Bearer pm_test_x\""
        );
        assert_eq!(
            env_file("My\nApp", "pm_test_x"),
            "# My App\n# Keep this file out of version control.\nPENGUINMAILS_API_KEY=pm_test_x\n"
        );
    }
}
