-- For finding the keys that a key has created.
CREATE INDEX api_keys_creator ON api_keys (creator_id);
