//! Background jobs.

mod deliver_mail;
mod flush_usage;
mod prune_data;
mod prune_usage;
mod send_campaigns;
