mod body_access;
mod get;
mod idempotency;
mod list;
mod send;
