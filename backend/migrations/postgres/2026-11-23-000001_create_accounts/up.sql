CREATE TABLE tenants (
  id              TEXT PRIMARY KEY NOT NULL,
  name            TEXT NOT NULL UNIQUE,
  plan            TEXT NOT NULL,
  rate_per_minute INTEGER,
  burst           INTEGER,
  demo            BOOLEAN NOT NULL,
  created_at      TIMESTAMP NOT NULL
);

CREATE TABLE users (
  id            TEXT PRIMARY KEY NOT NULL,
  tenant_id     TEXT NOT NULL REFERENCES tenants (id),
  email         TEXT NOT NULL UNIQUE,
  name          TEXT NOT NULL,
  role          TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at    TIMESTAMP NOT NULL
);

CREATE TABLE sessions (
  id                  TEXT PRIMARY KEY NOT NULL,
  user_id             TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token_hash          TEXT NOT NULL UNIQUE,
  previous_token_hash TEXT UNIQUE,
  rotated_at          TIMESTAMP NOT NULL,
  created_at          TIMESTAMP NOT NULL,
  last_seen_at        TIMESTAMP NOT NULL,
  expires_at          TIMESTAMP NOT NULL,
  sudo_until          TIMESTAMP,
  address             TEXT NOT NULL,
  user_agent          TEXT NOT NULL
);

CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- Used at start-up to check that the configured secret key matches this database.
CREATE TABLE secret_keys (
  version     INTEGER PRIMARY KEY NOT NULL,
  check_value TEXT NOT NULL,
  created_at  TIMESTAMP NOT NULL
);

-- Change log: cache entries that other processes must invalidate, in commit order.
CREATE TABLE changes (
  seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject    TEXT NOT NULL,
  subject_id TEXT NOT NULL
);
