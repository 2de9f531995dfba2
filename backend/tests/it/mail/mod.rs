mod addresses;
mod bodies;
mod render_pool;
mod sandbox;
mod senders;
mod smtp;
mod templates_fuzz;
