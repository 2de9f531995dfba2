//! Integration tests: a real server in this process, called over HTTP.
//!
//! They use SQLite, or PostgreSQL if `PENGUINMAILS_TEST_DATABASE_URL` names a server (see
//! `.ci/postgres.sh`). Every test has its own server and database, and a clock that only the test
//! advances.

mod util;

mod access_matrix;
mod accounts;
mod addresses;
mod api_usage;
mod asvs;
mod audit;
mod browser_sessions;
mod campaigns;
mod connections;
mod contacts;
mod data_retention;
mod delivery;
mod descendants;
mod docs;
mod emails;
mod flood;
mod gateway;
mod grants;
mod guesses;
mod http_headers;
mod idempotency;
mod json_bodies;
mod keys;
mod lifecycle;
mod limits;
mod names;
mod neighbours;
mod openapi;
mod playground;
mod preconditions;
mod process;
mod process_log;
mod query_bounds;
mod quotas;
mod rate_history;
mod request_log;
mod retention;
mod reveal;
mod rotation;
mod routes;
mod search;
mod secrets;
mod senders;
mod sessions;
mod storage;
mod template_fuzz;
mod templates;
mod timestamps;
mod tracking;
mod transport;
mod usage;
mod usage_environments;
mod wire_format;
