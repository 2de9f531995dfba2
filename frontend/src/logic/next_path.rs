//! Where to go after signing in.

/// The page that signed-in users start on.
pub const HOME: &str = super::site_map::OVERVIEW;

/// Where one signs in.
pub const LOGIN: &str = "/login";

/// Accepts `next` only if it is a path of this site: a link in a mail must not be
/// able to send someone elsewhere by way of our sign-in page.
pub fn sanitised(next: Option<&str>) -> String {
    next.filter(|path| {
        path.starts_with("/dashboard")
            && path
                .chars()
                .all(|c| c.is_ascii_graphic() && !matches!(c, '\\' | '<' | '>' | '"'))
    })
    .unwrap_or(HOME)
    .into()
}

/// The sign-in page that leads back to `path` (with its query).
pub fn login_with_next(path: &str) -> String {
    if path == HOME || !path.starts_with("/dashboard") {
        return LOGIN.into();
    }
    let mut url = format!("{LOGIN}?next=");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            url.push(byte.into());
        } else {
            url.push('%');
            for half in [byte >> 4, byte & 15] {
                url.push(char::from(b"0123456789ABCDEF"[usize::from(half)]));
            }
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_are_accepted() {
        assert_eq!(sanitised(Some("/dashboard/x?a=b")), "/dashboard/x?a=b");
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/login",
            "/dashboard\\x",
            "",
        ] {
            assert_eq!(sanitised(Some(bad)), HOME, "{bad}");
        }
        assert_eq!(sanitised(None), HOME);
    }

    #[test]
    fn the_query_survives() {
        assert_eq!(
            login_with_next("/dashboard/keys?search=a b&x=1"),
            "/login?next=/dashboard/keys%3Fsearch%3Da%20b%26x%3D1"
        );
        assert_eq!(login_with_next(HOME), "/login");
    }
}
