//! The `penguinmails` command and its subcommands.

use backend::{admin, clock::Clock, config, file_access, openapi, server};
use clap::{Parser, Subcommand};
use std::{io::Write, process::ExitCode};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// The PenguinMails developer portal: dashboard, API and gateway in one process
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the dashboard and both APIs
    Serve(Box<config::ServeSettings>),
    /// Migrate the database to the latest version (serve does this too)
    Migrate(config::StorageSettings),
    /// Print the OpenAPI document
    Openapi {
        /// Public URL of the server
        #[arg(
            long,
            env = "PENGUINMAILS_PUBLIC_URL",
            default_value = "http://127.0.0.1:8080"
        )]
        public_url: String,
        /// Print the OpenAPI document of the management API instead
        #[arg(long)]
        management: bool,
    },
    /// Manage accounts and keys from the command line
    Admin(admin::AdminCommand),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    file_access::restrict_new_files();
    let filter = EnvFilter::try_from_env("PENGUINMAILS_LOG").unwrap_or_else(|_| "info".into());
    // Human-readable logs on a terminal, JSON when piped.
    let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let json = (!terminal).then(|| fmt::layer().json().with_writer(std::io::stderr));
    let text = terminal.then(|| fmt::layer().with_writer(std::io::stderr));
    tracing_subscriber::registry()
        .with(filter)
        .with(json)
        .with(text)
        .init();

    match command {
        Command::Serve(settings) => {
            actix_web::rt::System::new().block_on(server::serve(&settings, Clock::system()))
        }
        Command::Migrate(settings) => server::open(&settings, &Clock::system()).map(drop),
        Command::Openapi {
            public_url,
            management,
        } => {
            let url = config::PublicUrl::parse(&public_url)?.origin;
            let document = if management {
                openapi::management_document(&url)
            } else {
                openapi::document(&url)
            };
            let text = serde_json::to_string_pretty(&document)?;
            writeln!(std::io::stdout(), "{text}")?;
            Ok(())
        }
        Command::Admin(command) => admin::run(command, &Clock::system()),
    }
}
