-- The last refused request of each key. Until now, refused requests counted as use.
CREATE TABLE api_key_refusals (
  key_id     TEXT PRIMARY KEY NOT NULL REFERENCES api_keys (id),
  refused_at TIMESTAMP NOT NULL,
  address    TEXT NOT NULL,
  route      TEXT NOT NULL,
  error      TEXT NOT NULL
);
