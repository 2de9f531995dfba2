//! The server's settings. Each documented field is a flag, a `PENGUINMAILS_*` variable and a
//! default. No other code reads the environment.

use crate::{
    db::Location,
    file_access::{restrict, restrict_data_dir},
    keys::secret::{SecretKeys, SecretText},
};
use anyhow::{Context, bail};
use clap::Args;
use ipnet::IpNet;
use std::{
    io::Write,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

/// File name of the generated secret key in the data directory.
const SECRET_FILE: &str = "secret.key";

/// Settings of all subcommands that use the database.
#[derive(Debug, Clone, Args)]
pub struct StorageSettings {
    /// Data directory: the SQLite file, the generated secret key and undelivered emails
    #[arg(
        long,
        global = true,
        env = "PENGUINMAILS_DATA_DIR",
        default_value = ".data"
    )]
    pub data_dir: PathBuf,

    /// A postgres:// URL; defaults to SQLite in the data directory
    #[arg(
        long,
        global = true,
        env = "PENGUINMAILS_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,

    /// File with the database URL; unlike a flag, it is not visible in the process list
    #[arg(
        long,
        global = true,
        env = "PENGUINMAILS_DATABASE_URL_FILE",
        conflicts_with = "database_url"
    )]
    pub database_url_file: Option<PathBuf>,

    /// File with the secret keys, one per line, newest first; without it and without
    /// PENGUINMAILS_SECRET_KEY, one is generated in the data directory
    #[arg(long, global = true, env = "PENGUINMAILS_SECRET_KEY_FILE")]
    pub secret_key_file: Option<PathBuf>,

    /// bcrypt work factor for API keys; their 274 random bits need no more than the minimum
    #[arg(long, global = true, env = "PENGUINMAILS_BCRYPT_COST", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(4..=12))]
    pub bcrypt_cost: u32,
}

/// Settings of the server.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, Clone, Args)]
pub struct ServeSettings {
    #[command(flatten)]
    pub storage: StorageSettings,

    /// IP address and port to listen on
    #[arg(long, env = "PENGUINMAILS_ADDR", default_value = "127.0.0.1:8080")]
    pub addr: SocketAddr,

    /// Public URL of the server: https, or http on a loopback name
    #[arg(long, env = "PENGUINMAILS_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Add includeSubDomains to Strict-Transport-Security: all hosts below the public URL's must
    /// then be reachable by https
    #[arg(long, env = "PENGUINMAILS_HSTS_INCLUDE_SUBDOMAINS")]
    pub hsts_include_subdomains: bool,

    /// IP address or range of a reverse proxy whose X-Forwarded-For is trusted (repeatable)
    #[arg(long = "trusted-proxy", env = "PENGUINMAILS_TRUSTED_PROXIES", value_delimiter = ',',
          value_parser = parse_ip_range)]
    pub trusted_proxies: Vec<IpNet>,

    /// Serve /metrics at this address, instead of on the main one for loopback callers only
    #[arg(long, env = "PENGUINMAILS_METRICS_ADDR")]
    pub metrics_addr: Option<SocketAddr>,

    /// URL of the mail server: `smtps://user:password@host:465` or `smtp://host:25` (with
    /// `?tls=required` for STARTTLS); without it, emails are written to .eml files in the data
    /// directory
    #[arg(long, env = "PENGUINMAILS_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,

    /// File with the mail server's URL; unlike a flag, it is not visible in the process list
    #[arg(long, env = "PENGUINMAILS_SMTP_URL_FILE", conflicts_with = "smtp_url")]
    pub smtp_url_file: Option<PathBuf>,

    #[command(flatten)]
    pub retention: RetentionSettings,

    /// Fill an empty database with a demonstration tenant
    #[arg(long, env = "PENGUINMAILS_DEMO")]
    pub demo: bool,

    /// Allow a database with demonstration users on a non-loopback address
    #[arg(long, env = "PENGUINMAILS_ALLOW_PUBLIC_DEMO")]
    pub allow_public_demo: bool,

    /// Log all requests, not only internal errors
    #[arg(long, env = "PENGUINMAILS_ACCESS_LOG")]
    pub access_log: bool,

    /// Timeout for receiving a request's body, in seconds
    #[arg(long, env = "PENGUINMAILS_BODY_TIMEOUT", default_value_t = 30,
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub body_timeout: u64,

    /// Maximum number of open connections
    #[arg(long, env = "PENGUINMAILS_MAX_CONNECTIONS", default_value_t = 4096)]
    pub max_connections: usize,

    /// Maximum number of open connections per IPv4 address or IPv6 /64; trusted proxies are exempt
    #[arg(
        long,
        env = "PENGUINMAILS_MAX_CONNECTIONS_PER_CLIENT",
        default_value_t = 256
    )]
    pub max_connections_per_client: usize,

    /// Where to report vulnerabilities, for /.well-known/security.txt (repeatable): a mailto:, https:
    /// or tel: URI
    #[arg(long = "security-contact", env = "PENGUINMAILS_SECURITY_CONTACTS", value_delimiter = ',',
          value_parser = parse_contact)]
    pub security_contacts: Vec<String>,

    /// Worker threads; defaults to one per core
    #[arg(long, env = "PENGUINMAILS_WORKERS")]
    pub workers: Option<usize>,
}

/// Retention periods. Older data is deleted; 0 keeps it.
#[derive(Debug, Clone, Copy, Args)]
#[expect(
    clippy::struct_field_names,
    reason = "the names of the fields are those of the flags"
)]
pub struct RetentionSettings {
    /// Days after which the bodies of sent emails are removed; 0 keeps them
    #[arg(long, env = "PENGUINMAILS_MESSAGE_BODY_RETENTION_DAYS", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(0..=MAX_RETENTION_DAYS))]
    message_body_retention_days: u32,

    /// Days after which sent emails and their events are deleted, at least 30; 0 keeps them
    #[arg(long, env = "PENGUINMAILS_MESSAGE_RETENTION_DAYS", default_value_t = 0,
          value_parser = parse_message_retention)]
    message_retention_days: u32,

    /// Days after which audit events are deleted; 0 keeps them
    #[arg(long, env = "PENGUINMAILS_AUDIT_RETENTION_DAYS", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(0..=MAX_RETENTION_DAYS))]
    audit_retention_days: u32,
}

const MAX_RETENTION_DAYS: i64 = 36_500;

impl RetentionSettings {
    /// Returns the days until bodies are removed; `None` to keep them.
    pub fn message_body_days(self) -> Option<u32> {
        Some(self.message_body_retention_days).filter(|days| *days > 0)
    }

    /// Returns the days until emails are deleted; `None` to keep them.
    pub fn message_days(self) -> Option<u32> {
        Some(self.message_retention_days).filter(|days| *days > 0)
    }

    /// Returns the days until audit events are deleted; `None` to keep them.
    pub fn audit_days(self) -> Option<u32> {
        Some(self.audit_retention_days).filter(|days| *days > 0)
    }
}

/// Enforces at least 30 days: the unsubscribe link of a deleted email no longer works, and the law
/// of some countries requires it to work for 30 days.
fn parse_message_retention(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(days) if days == 0 || (30..=MAX_RETENTION_DAYS).contains(&days) => {
            u32::try_from(days).map_err(|error| error.to_string())
        }
        _ => Err("use 30 or more days, so that unsubscribe links work, or 0 to keep emails".into()),
    }
}

impl ServeSettings {
    /// Returns the validated public URL. Plain HTTP is allowed on loopback only: a session cookie
    /// or an API key must not cross a network in the clear.
    pub fn public_url(&self) -> anyhow::Result<PublicUrl> {
        match &self.public_url {
            Some(url) => PublicUrl::parse(url),
            None => PublicUrl::parse(&format!("http://{}", self.addr))
                .with_context(|| format!("--public-url is needed to serve {}", self.addr)),
        }
    }

    /// Returns the mail server's URL from its flag, variable or file.
    pub fn smtp_url(&self) -> anyhow::Result<Option<String>> {
        secret_url(
            "--smtp-url",
            self.smtp_url.as_deref(),
            self.smtp_url_file.as_deref(),
        )
    }

    /// Returns the `Strict-Transport-Security` header (RFC 6797); `None` for plain HTTP.
    pub fn hsts(&self) -> anyhow::Result<Option<&'static str>> {
        Ok(
            match (self.public_url()?.secure, self.hsts_include_subdomains) {
                (false, _) => None,
                (true, false) => Some("max-age=31536000"),
                (true, true) => Some("max-age=31536000; includeSubDomains"),
            },
        )
    }
}

/// The server's URL as browsers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// Scheme and authority without a trailing slash: `https://portal.example.com`.
    pub origin: String,
    /// Host, with the port unless it is the scheme's default: `portal.example.com`.
    pub authority: String,
    /// `true` for an `https` URL.
    pub secure: bool,
    /// `true` if the host is a loopback name.
    pub loopback: bool,
}

impl PublicUrl {
    /// Parses and validates `--public-url`.
    pub fn parse(url: &str) -> anyhow::Result<Self> {
        let trimmed = url.trim_end_matches('/');
        let uri: actix_web::http::Uri = trimmed
            .parse()
            .with_context(|| format!("--public-url {url} is not a URL"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            bail!("--public-url {url} must be like https://portal.example.com");
        };
        if uri.path() != "/" && !uri.path().is_empty() || uri.query().is_some() {
            bail!("--public-url {url} must not have a path");
        }
        let secure = match scheme {
            "https" => true,
            "http" => false,
            _ => bail!("--public-url {url} must be https, or http on a loopback name"),
        };
        let loopback = is_loopback_name(authority.host());
        if !secure && !loopback {
            bail!("--public-url {url} must be https: http is for loopback names only");
        }
        Ok(Self {
            origin: trimmed.to_owned(),
            authority: authority.as_str().to_owned(),
            secure,
            loopback,
        })
    }
}

/// Returns `true` if the host name, without port, always resolves to this machine.
pub fn is_loopback_name(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

impl StorageSettings {
    /// Creates the data directory if it is missing and restricts access to its owner.
    pub fn prepare_data_dir(&self) -> anyhow::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .recursive(true)
            .create(&self.data_dir)
            .with_context(|| format!("could not create {}", self.data_dir.display()))?;
        restrict_data_dir(&self.data_dir)
    }

    pub fn location(&self) -> anyhow::Result<Location> {
        let url = &self.database_url;
        let file = &self.database_url_file;
        let url = secret_url("--database-url", url.as_deref(), file.as_deref())?;
        Location::resolve(url.as_deref(), &self.data_dir)
    }

    /// Returns the path of the generated secret key, unless a secret key is configured.
    pub fn generated_secret_file(&self) -> Option<PathBuf> {
        let configured = self.secret_key_file.is_some() || secret_key_variable().is_some();
        (!configured).then(|| self.data_dir.join(SECRET_FILE))
    }

    /// Returns the secret keys: from the environment, from the configured file, or generated once
    /// in the data directory with mode 0600.
    pub fn secret_keys(&self) -> anyhow::Result<SecretKeys> {
        let text = match (secret_key_variable(), &self.secret_key_file) {
            (Some(text), _) => text,
            (None, Some(path)) => read_secret(path)?,
            (None, None) => {
                let path = self.data_dir.join(SECRET_FILE);
                if !path.exists() {
                    generate_secret(&path)?;
                }
                read_secret(&path)?
            }
        };
        SecretKeys::parse(&text)
    }
}

/// Reads `PENGUINMAILS_SECRET_KEY`, which is not a flag because other users can read flags.
#[expect(
    clippy::disallowed_methods,
    reason = "the only variable that must not be a flag"
)]
fn secret_key_variable() -> Option<SecretText> {
    std::env::var("PENGUINMAILS_SECRET_KEY")
        .ok()
        .map(SecretText::new)
}

fn read_secret(path: &Path) -> anyhow::Result<SecretText> {
    restrict(path)?;
    std::fs::read_to_string(path)
        .map(SecretText::new)
        .with_context(|| format!("could not read the secret in {}", path.display()))
}

/// Reads a URL that may include a password, given directly or as a file name.
fn secret_url(
    flag: &str,
    url: Option<&str>,
    file: Option<&Path>,
) -> anyhow::Result<Option<String>> {
    if let Some(path) = file {
        let text = read_secret(path)?;
        return Ok(Some(text.expose().trim().to_owned()));
    }
    let on_command_line = |url: &str| std::env::args().any(|argument| argument.contains(url));
    if let Some(url) = url.filter(|url| has_password(url))
        && on_command_line(url)
    {
        tracing::warn!(
            "the password in {flag} can be read by every user of this machine in the list of \
             processes; use {flag}-file or the environment variable instead"
        );
    }
    Ok(url.filter(|url| !url.is_empty()).map(str::to_owned))
}

fn has_password(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    authority
        .rsplit_once('@')
        .is_some_and(|(user, _)| user.contains(':'))
}

/// Writes a new secret key. Fails if another process was faster; its key is used then.
fn generate_secret(path: &Path) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            file.write_all(SecretKeys::generate()?.expose().as_bytes())?;
            file.sync_all()?;
            Ok(())
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).with_context(|| format!("could not write {}", path.display())),
    }
}

fn parse_ip_range(text: &str) -> Result<IpNet, String> {
    shared::validate::ip_range(text)
        .ok_or_else(|| format!("{text} is not an IP address or CIDR range"))
}

/// Accepts the URIs that RFC 9116, section 2.5.3, allows: those of web pages must be https.
fn parse_contact(text: &str) -> Result<String, String> {
    let is_uri = ["mailto:", "https://", "tel:"].iter().any(|scheme| {
        text.strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty())
    });
    if is_uri && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("use a URI such as mailto:security@example.com or https://example.com/security".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_contacts_are_uris() {
        for contact in [
            "mailto:a@example.com",
            "https://example.com/report",
            "tel:+1-201-555-0123",
        ] {
            assert_eq!(parse_contact(contact).as_deref(), Ok(contact));
        }
        for text in [
            "a@example.com",
            "http://example.com",
            "mailto:",
            "mailto:a@b.c\nPolicy: x",
            "",
        ] {
            assert!(parse_contact(text).is_err(), "{text}");
        }
    }

    #[test]
    fn public_urls() {
        let url = PublicUrl::parse("https://portal.example.com/").unwrap();
        assert_eq!(url.origin, "https://portal.example.com");
        assert!(url.secure && !url.loopback);
        let local = PublicUrl::parse("http://127.0.0.1:8080").unwrap();
        assert_eq!(local.authority, "127.0.0.1:8080");
        assert!(PublicUrl::parse("http://[::1]:8080").unwrap().loopback);
        for refused in [
            "http://portal.example.com",
            "ftp://127.0.0.1",
            "https://a.example/path",
            "portal",
        ] {
            assert!(PublicUrl::parse(refused).is_err(), "{refused}");
        }
    }
}
