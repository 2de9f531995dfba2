//! Integration tests: a real server in this process, called over HTTP.
//!
//! They use SQLite, or PostgreSQL if `PENGUINMAILS_TEST_DATABASE_URL` names a server (see
//! `.ci/postgres.sh`). Every test has its own server and database, and a clock that only the test
//! advances.

mod util;

mod access_matrix;
mod admin;
mod asvs;
mod gateway;
mod input_validation;
mod jobs;
mod json;
mod mail;
mod middleware;
mod migrations;
mod multi_process;
mod normalization;
mod operation_access;
mod preconditions;
mod quotas;
mod rate_limit;
mod router;
mod routes;
mod secrets;
mod server;
mod storage;
mod wire_format;
