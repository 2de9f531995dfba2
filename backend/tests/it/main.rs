//! The server as its clients see it: a real one, in this process, asked over HTTP.
//!
//! On SQLite, or on PostgreSQL if `PENGUINMAILS_TEST_DATABASE_URL` names a server
//! (see `.ci/postgres.sh`). Every test has a server and a database of its own, and
//! a clock that stands still until the test moves it.

mod util;

mod contacts;
mod gateway;
mod keys;
mod process;
mod routes;
mod sessions;
mod storage;
mod usage;
