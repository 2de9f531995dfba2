mod bodies;
mod encoding;
mod query;
mod timestamps;
