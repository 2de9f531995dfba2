//! Target of the redirect after sign-in.

/// Start page of signed-in users.
pub const HOME: &str = super::site_map::OVERVIEW;

pub const LOGIN: &str = "/login";

/// Maximum length of an accepted `next` parameter.
const NEXT_MAX_BYTES: usize = 2048;

/// Returns `next` if it is a page of the dashboard, otherwise the start page. Prevents open
/// redirects: a link in an email must not lead to another site by way of our sign-in page.
pub fn sanitised(next: Option<&str>) -> String {
    next.filter(|next| is_own_page(next)).unwrap_or(HOME).into()
}

/// Returns `true` if browsers resolve `next` to a path below `/dashboard` of this site. Rejects dot
/// segments, which browsers remove first: `/dashboard/..//x` is the host `x`, on which the router
/// panics.
fn is_own_page(next: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\\<>\"".contains(&byte);
    if next.len() > NEXT_MAX_BYTES || !next.bytes().all(is_plain) {
        return false;
    }
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let below = path.strip_prefix("/dashboard");
    let is_below = below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let is_dots = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        segment == "." || segment == ".."
    };
    is_below && !path.contains("//") && !path.split('/').any(is_dots)
}

/// Returns the sign-in URL that leads back to `path` (including its query).
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
        for good in [
            "/dashboard",
            "/dashboard/",
            "/dashboard/x?a=b",
            "/dashboard/x?a=//b/../c#d",
            "/dashboard/a..b/.c/d.",
            "/dashboard/%2F%2Fx",
        ] {
            assert_eq!(sanitised(Some(good)), good);
        }
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/login",
            "/dashboardx",
            "/dashboard.evil.example",
            "/dashboard@evil.example",
            "/dashboard\\x",
            "\\dashboard",
            "",
            " /dashboard",
            "/dashboard ",
            "/dashboard\n/x",
            "/dashboard/\u{0}",
            "/dashboard/ü",
            "dashboard",
            "javascript:alert(1)",
        ] {
            assert_eq!(sanitised(Some(bad)), HOME, "{bad}");
        }
        assert_eq!(sanitised(None), HOME);
    }

    #[test]
    fn no_dots_lead_out_of_the_dashboard() {
        for bad in [
            "/dashboard/..//x",
            "/dashboard/..",
            "/dashboard/../login",
            "/dashboard/../..//evil.example",
            "/dashboard/..//evil.example/%2e%2e",
            "/dashboard/.//x",
            "/dashboard/./x",
            "/dashboard//x",
            "/dashboard//",
            "/dashboard/%2e%2e//x",
            "/dashboard/%2E./x",
            "/dashboard/.%2e?a=b",
            "/dashboard/..#x",
            "/dashboard/a/b/../../../..//x",
        ] {
            assert_eq!(sanitised(Some(bad)), HOME, "{bad}");
        }
    }

    #[test]
    fn long_addresses_are_not_followed() {
        let of_length = |length: usize| format!("{:x<length$}", "/dashboard/");
        let longest = of_length(NEXT_MAX_BYTES);
        assert_eq!(sanitised(Some(&longest)), longest);
        assert_eq!(sanitised(Some(&of_length(NEXT_MAX_BYTES + 1))), HOME);
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
