//! Texts to copy after creating a key.

/// A first call with the new key: a connection test that needs no permission.
pub fn curl_whoami(origin: &str, api_key: &str) -> String {
    format!("curl {origin}/v1/whoami \\\n  -H \"Authorization: Bearer {api_key}\"")
}

/// The line for a `.env` file.
pub fn env_line(api_key: &str) -> String {
    format!("PENGUINMAILS_API_KEY={api_key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_are_ready_to_run() {
        assert_eq!(
            curl_whoami("http://127.0.0.1:8080", "pm_test_x"),
            "curl http://127.0.0.1:8080/v1/whoami \\\n  -H \"Authorization: Bearer pm_test_x\""
        );
        assert_eq!(env_line("pm_test_x"), "PENGUINMAILS_API_KEY=pm_test_x");
    }
}
