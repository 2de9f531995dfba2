//! Where mails leave through: a mail server, or a folder if none is configured.

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

/// How many connections to the mail server are kept open at most.
const CONNECTIONS_MAX: u32 = 8;
/// How long the mail server may take to answer one command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

/// Where mails leave through.
pub enum Outbox {
    /// A mail server.
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    /// A folder, for trying things out: one file a mail.
    Folder(PathBuf),
}

/// Why a mail did not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It may work later.
    ForNow(String),
    /// It cannot be handed to any mail server, or not to this one.
    Unsendable(String),
    /// The mail server will not take this mail, whenever it is tried.
    ForGood {
        /// What it said.
        reason: String,
        /// Whether that is because of the recipient's address, not of this mail.
        address_is_dead: bool,
    },
}

impl Outbox {
    /// As the settings say. Needs a runtime: connections are looked after in the
    /// background.
    pub fn new(settings: &ServeSettings) -> anyhow::Result<Self> {
        let Some(url) = settings.smtp_url()? else {
            let folder = settings.storage.data_dir.join("mail");
            return Ok(Self::Folder(folder));
        };
        // Not with its text: it has a password in it.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url)
            .map_err(|_| anyhow::anyhow!("--smtp-url must be like smtps://user:password@host:465 or smtp://host:25?tls=required"))?
            .pool_config(PoolConfig::new().max_size(CONNECTIONS_MAX))
            .timeout(Some(COMMAND_TIMEOUT))
            .build();
        Ok(Self::Smtp(Box::new(transport)))
    }

    /// Hands a mail over. The name is the same each time the same mail is sent.
    pub async fn send(&self, name: &str, mail: Message) -> Result<(), Refusal> {
        match self {
            Self::Smtp(transport) => {
                let envelope = mail.envelope().clone();
                let sent = transport.send(mail).await;
                sent.map(drop).map_err(|error| refusal(&error, &envelope))
            }
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.to_owned());
                let write = move || write(&folder, &name, &mail.formatted());
                let written = tokio::task::spawn_blocking(write).await;
                written
                    .context("writing it failed")
                    .flatten()
                    .map_err(|error| Refusal::ForNow(format!("{error:#}")))
            }
        }
    }
}

/// What a failure of the mail server means for the mail.
fn refusal(error: &lettre::transport::smtp::Error, envelope: &Envelope) -> Refusal {
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !reason.contains(&text) {
            reason = format!("{reason}: {text}");
        }
        cause = inner.source();
    }
    // The client's own words: there is no type for it.
    if error.is_client() && reason.contains("SMTPUTF8") {
        return Refusal::Unsendable(needs_smtputf8(envelope));
    }
    let code = error
        .status()
        .filter(|_| error.is_permanent())
        .map(u16::from);
    match code {
        // The server does not like us: no fault of the mail or its recipient.
        None | Some(521 | 530 | 534 | 535 | 538) => Refusal::ForNow(reason),
        Some(code) => Refusal::ForGood {
            // 552 is a full mailbox, 554 mostly an opinion about the content.
            address_is_dead: !matches!(code, 552 | 554),
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

/// The whole file or none, however the process ends, and the same file again if the
/// mail is sent again.
fn write(folder: &Path, name: &str, mail: &[u8]) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("could not create {}", folder.display()))?;
    let unfinished = folder.join(format!(".{name}.tmp"));
    let path = folder.join(format!("{name}.eml"));
    let written = (|| {
        let mut file = File::create(&unfinished)?;
        file.write_all(mail)?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &path)?;
        File::open(folder)?.sync_all()
    })();
    written.with_context(|| format!("could not write {}", path.display()))
}
