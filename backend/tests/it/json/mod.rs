mod bodies;
mod encoding;
mod messages;
mod query;
mod timestamps;
