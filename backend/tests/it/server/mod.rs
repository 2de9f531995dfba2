//! The server as a process.

mod backfill;
mod connections;
mod crash_recovery;
mod http1;
mod process_log;
mod shutdown;
mod start;
mod usage_backfill;
