//! Transport of emails: an SMTP server, or a directory if none is configured.

use crate::config::ServeSettings;
use anyhow::Context;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, address::Envelope,
    transport::smtp::PoolConfig,
};
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

/// Maximum number of open connections to the mail server.
const CONNECTIONS_MAX: u32 = 8;
/// Timeout for the mail server's response to one command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

/// The transport of outgoing emails.
pub enum MailTransport {
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    /// A directory for development, with one file per email.
    Directory(PathBuf),
}

/// Reason why an email was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// A temporary failure; a retry may succeed.
    Transient(String),
    /// The message is invalid for all mail servers, or for this one.
    Unsendable(String),
    /// A permanent rejection by the mail server.
    Permanent {
        /// The mail server's reply.
        reason: String,
        /// `true` for a hard bounce: the recipient's address is invalid, not this email.
        hard_bounce: bool,
    },
}

impl MailTransport {
    /// Builds the transport from the settings. Requires a runtime: the connection pool runs in the
    /// background.
    pub fn new(settings: &ServeSettings) -> anyhow::Result<Self> {
        let Some(url) = settings.smtp_url()? else {
            let directory = settings.storage.data_dir.join("mail");
            return Ok(Self::Directory(directory));
        };
        // The error's text is omitted, because it includes the password.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url)
            .map_err(|_| anyhow::anyhow!("--smtp-url must be like smtps://user:password@host:465 or smtp://host:25?tls=required"))?
            .pool_config(PoolConfig::new().max_size(CONNECTIONS_MAX))
            .timeout(Some(COMMAND_TIMEOUT))
            .build();
        Ok(Self::Smtp(Box::new(transport)))
    }

    /// Sends an email. `name` is stable across retries of the same email.
    pub async fn send(&self, name: &str, mail: Message) -> Result<(), SendError> {
        match self {
            Self::Smtp(transport) => {
                let envelope = mail.envelope().clone();
                let sent = transport.send(mail).await;
                sent.map(drop).map_err(|error| classify(&error, &envelope))
            }
            Self::Directory(directory) => {
                let directory = directory.clone();
                let name = name.to_owned();
                let write = move || write(&directory, &name, &mail.formatted());
                let written = tokio::task::spawn_blocking(write).await;
                written
                    .context("writing it failed")
                    .flatten()
                    .map_err(|error| SendError::Transient(format!("{error:#}")))
            }
        }
    }
}

/// Classifies an error of the mail server.
fn classify(error: &lettre::transport::smtp::Error, envelope: &Envelope) -> SendError {
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !reason.contains(&text) {
            reason = format!("{reason}: {text}");
        }
        cause = inner.source();
    }
    // There is no error type for this, so the text is matched.
    if error.is_client() && reason.contains("SMTPUTF8") {
        return SendError::Unsendable(needs_smtputf8(envelope));
    }
    let code = error
        .status()
        .filter(|_| error.is_permanent())
        .map(u16::from);
    match code {
        // The server rejects this client, not the email or its recipient.
        None | Some(521 | 530 | 534 | 535 | 538) => SendError::Transient(reason),
        Some(code) => SendError::Permanent {
            // 552 means that the mailbox is full, 554 is usually a content filter.
            hard_bounce: !matches!(code, 552 | 554),
            reason,
        },
    }
}

fn needs_smtputf8(envelope: &Envelope) -> String {
    let recipients = envelope.to();
    let is_recipient = recipients.iter().any(|address| !address.user().is_ascii());
    let whose = if is_recipient { "recipient" } else { "sender" };
    format!(
        "The {whose}'s address has letters before the @ that are not ASCII, and the mail server \
         of this installation does not accept such addresses (SMTPUTF8). Use another address of \
         the {whose}."
    )
}

/// Writes a file atomically. A retry of the same email overwrites it.
fn write(directory: &Path, name: &str, mail: &[u8]) -> anyhow::Result<()> {
    std::fs::create_dir_all(directory)
        .with_context(|| format!("could not create {}", directory.display()))?;
    let unfinished = directory.join(format!(".{name}.tmp"));
    let path = directory.join(format!("{name}.eml"));
    let written = (|| {
        let mut file = File::create(&unfinished)?;
        file.write_all(mail)?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &path)?;
        File::open(directory)?.sync_all()
    })();
    written.with_context(|| format!("could not write {}", path.display()))
}
