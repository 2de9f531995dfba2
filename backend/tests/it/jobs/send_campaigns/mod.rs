mod pauses;
mod recipients;
mod recovery;
