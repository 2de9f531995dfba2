mod create;
mod delete;
mod get;
mod list;
mod replace;
mod search;
mod start;
mod transitions;
