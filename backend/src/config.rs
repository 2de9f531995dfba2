//! Every setting: one documented field is one flag, one `PENGUINMAILS_*`
//! variable and one default. Nothing else reads the environment.

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

/// The name of the generated secret key in the data directory.
const SECRET_FILE: &str = "secret.key";

/// What every subcommand needs to reach the data.
#[derive(Debug, Clone, Args)]
pub struct StorageSettings {
    /// Where the SQLite file, the generated secret key and undelivered mails are kept
    #[arg(
        long,
        global = true,
        env = "PENGUINMAILS_DATA_DIR",
        default_value = ".data"
    )]
    pub data_dir: PathBuf,

    /// A postgres:// URL; without it, SQLite in the data directory
    #[arg(
        long,
        global = true,
        env = "PENGUINMAILS_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,

    /// A file with the database's URL: unlike a flag, it cannot be read from the list of
    /// processes
    #[arg(
        long,
        global = true,
        env = "PENGUINMAILS_DATABASE_URL_FILE",
        conflicts_with = "database_url"
    )]
    pub database_url_file: Option<PathBuf>,

    /// A file with the secret keys, one a line, newest first; without it and without
    /// PENGUINMAILS_SECRET_KEY, one is generated in the data directory
    #[arg(long, global = true, env = "PENGUINMAILS_SECRET_KEY_FILE")]
    pub secret_key_file: Option<PathBuf>,

    /// bcrypt work factor for API keys; their 274 random bits need no more than the least
    #[arg(long, global = true, env = "PENGUINMAILS_BCRYPT_COST", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(4..=12))]
    pub bcrypt_cost: u32,
}

/// What the server needs on top.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, Clone, Args)]
pub struct ServeSettings {
    /// Where the data is
    #[command(flatten)]
    pub storage: StorageSettings,

    /// The address to listen on
    #[arg(long, env = "PENGUINMAILS_ADDR", default_value = "127.0.0.1:8080")]
    pub addr: SocketAddr,

    /// How browsers reach the server; https, or http on a loopback name
    #[arg(long, env = "PENGUINMAILS_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Add includeSubDomains to Strict-Transport-Security: every host below the public
    /// URL's must then be reached by https
    #[arg(long, env = "PENGUINMAILS_HSTS_INCLUDE_SUBDOMAINS")]
    pub hsts_include_subdomains: bool,

    /// Address or range of a reverse proxy whose X-Forwarded-For is believed (repeatable)
    #[arg(long = "trusted-proxy", env = "PENGUINMAILS_TRUSTED_PROXIES", value_delimiter = ',',
          value_parser = parse_ip_range)]
    pub trusted_proxies: Vec<IpNet>,

    /// Serve /metrics at this address instead of to loopback callers of the main one
    #[arg(long, env = "PENGUINMAILS_METRICS_ADDR")]
    pub metrics_addr: Option<SocketAddr>,

    /// The mail server, as `smtps://user:password@host:465` or `smtp://host:25` (with
    /// `?tls=required` for STARTTLS); without it, mails are .eml files in the data directory
    #[arg(long, env = "PENGUINMAILS_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,

    /// A file with the mail server's URL: unlike a flag, it cannot be read from the list of
    /// processes
    #[arg(long, env = "PENGUINMAILS_SMTP_URL_FILE", conflicts_with = "smtp_url")]
    pub smtp_url_file: Option<PathBuf>,

    /// For how long data is kept
    #[command(flatten)]
    pub retention: RetentionSettings,

    /// Fill an empty database with a demonstration tenant
    #[arg(long, env = "PENGUINMAILS_DEMO")]
    pub demo: bool,

    /// Serve a database with demonstration users on an address that others can reach
    #[arg(long, env = "PENGUINMAILS_ALLOW_PUBLIC_DEMO")]
    pub allow_public_demo: bool,

    /// Log every request, not only failures of the server's own
    #[arg(long, env = "PENGUINMAILS_ACCESS_LOG")]
    pub access_log: bool,

    /// Seconds in which a request's body must have arrived
    #[arg(long, env = "PENGUINMAILS_BODY_TIMEOUT", default_value_t = 30,
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub body_timeout: u64,

    /// Connections open at once, in all
    #[arg(long, env = "PENGUINMAILS_MAX_CONNECTIONS", default_value_t = 4096)]
    pub max_connections: usize,

    /// Connections open at once from one IPv4 address or IPv6 /64; trusted proxies are exempt
    #[arg(
        long,
        env = "PENGUINMAILS_MAX_CONNECTIONS_PER_CLIENT",
        default_value_t = 256
    )]
    pub max_connections_per_client: usize,

    /// Worker threads; by default one for each core
    #[arg(long, env = "PENGUINMAILS_WORKERS")]
    pub workers: Option<usize>,
}

/// Data is deleted when it is older than this; 0 keeps it.
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

    /// Days after which sent emails are deleted with their events, at least 30; 0 keeps them
    #[arg(long, env = "PENGUINMAILS_MESSAGE_RETENTION_DAYS", default_value_t = 0,
          value_parser = parse_message_retention)]
    message_retention_days: u32,

    /// Days after which entries of the audit log are deleted; 0 keeps them
    #[arg(long, env = "PENGUINMAILS_AUDIT_RETENTION_DAYS", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(0..=MAX_RETENTION_DAYS))]
    audit_retention_days: u32,
}

const MAX_RETENTION_DAYS: i64 = 36_500;

impl RetentionSettings {
    /// Days until bodies are removed; `None` to keep them.
    pub fn message_body_days(self) -> Option<u32> {
        Some(self.message_body_retention_days).filter(|days| *days > 0)
    }

    /// Days until emails are deleted; `None` to keep them.
    pub fn message_days(self) -> Option<u32> {
        Some(self.message_retention_days).filter(|days| *days > 0)
    }

    /// Days until audit entries are deleted; `None` to keep them.
    pub fn audit_days(self) -> Option<u32> {
        Some(self.audit_retention_days).filter(|days| *days > 0)
    }
}

/// The unsubscribe link of a deleted email no longer works. The law of some countries
/// wants it to work for 30 days.
fn parse_message_retention(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(days) if days == 0 || (30..=MAX_RETENTION_DAYS).contains(&days) => {
            u32::try_from(days).map_err(|error| error.to_string())
        }
        _ => Err("use 30 or more days, so that unsubscribe links work, or 0 to keep emails".into()),
    }
}

impl ServeSettings {
    /// The checked public URL. Plain http is for loopback only: a session cookie
    /// or an API key must not cross a network in the clear.
    pub fn public_url(&self) -> anyhow::Result<PublicUrl> {
        match &self.public_url {
            Some(url) => PublicUrl::parse(url),
            None => PublicUrl::parse(&format!("http://{}", self.addr))
                .with_context(|| format!("--public-url is needed to serve {}", self.addr)),
        }
    }

    /// The mail server's URL, from its flag, variable or file.
    pub fn smtp_url(&self) -> anyhow::Result<Option<String>> {
        secret_url(
            "--smtp-url",
            self.smtp_url.as_deref(),
            self.smtp_url_file.as_deref(),
        )
    }

    /// The `Strict-Transport-Security` header (RFC 6797); `None` on plain http.
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

/// The server's own address, as browsers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// `https://portal.example.com`, without a trailing slash.
    pub origin: String,
    /// `portal.example.com`, with the port if it is not the scheme's own.
    pub authority: String,
    /// Whether it is https.
    pub secure: bool,
    /// Whether the host is a loopback name.
    pub loopback: bool,
}

impl PublicUrl {
    /// Reads and checks `--public-url`.
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

/// Whether a host name, without port, always means this machine.
pub fn is_loopback_name(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

impl StorageSettings {
    /// Creates the data directory if it is not there, and takes access to it away from
    /// other users.
    pub fn prepare_data_dir(&self) -> anyhow::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .recursive(true)
            .create(&self.data_dir)
            .with_context(|| format!("could not create {}", self.data_dir.display()))?;
        restrict_data_dir(&self.data_dir)
    }

    /// Where the data is.
    pub fn location(&self) -> anyhow::Result<Location> {
        let (url, file) = (&self.database_url, &self.database_url_file);
        let url = secret_url("--database-url", url.as_deref(), file.as_deref())?;
        Location::resolve(url.as_deref(), &self.data_dir)
    }

    /// The generated secret key's file, unless a secret key is configured.
    pub fn generated_secret_file(&self) -> Option<PathBuf> {
        let configured = self.secret_key_file.is_some() || secret_key_variable().is_some();
        (!configured).then(|| self.data_dir.join(SECRET_FILE))
    }

    /// The secret keys: from the environment, from the named file, or generated
    /// once into the data directory with mode 0600.
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

/// `PENGUINMAILS_SECRET_KEY`: not a flag, because other users can read flags.
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

/// A URL that may have a password in it, given as a text or as the name of a file.
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

/// Writes a new secret key. Fails if another process was faster, whose key then counts.
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

#[cfg(test)]
mod tests {
    use super::*;

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
