-- The complete key, encrypted. Only for recoverable keys, and only while they are valid.
ALTER TABLE api_keys ADD COLUMN sealed_key TEXT;
-- Time of the rotation that replaced the key.
ALTER TABLE api_keys ADD COLUMN rotated_at TIMESTAMP;

ALTER TABLE api_key_activity ADD COLUMN last_used_address TEXT;

-- Policy that allows creating recoverable keys.
ALTER TABLE tenants ADD COLUMN allow_recoverable BOOLEAN NOT NULL DEFAULT 1;

CREATE TABLE audit_log (
  seq           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  id            TEXT NOT NULL UNIQUE,
  tenant_id     TEXT NOT NULL REFERENCES tenants (id),
  at            TIMESTAMP NOT NULL,
  actor_kind    TEXT NOT NULL,
  actor_id      TEXT NOT NULL,
  actor_email   TEXT NOT NULL,
  actor_address TEXT NOT NULL,
  action        TEXT NOT NULL,
  subject_id    TEXT NOT NULL,
  before        TEXT,
  after         TEXT
);

CREATE INDEX audit_log_tenant ON audit_log (tenant_id, seq);

-- Digests of playground tokens, which replace a key in the browser. They end with their session.
CREATE TABLE playground_tokens (
  digest     TEXT PRIMARY KEY NOT NULL,
  key_id     TEXT NOT NULL REFERENCES api_keys (id),
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  role       TEXT NOT NULL,
  address    TEXT NOT NULL,
  expires_at TIMESTAMP NOT NULL
);

CREATE INDEX playground_tokens_key ON playground_tokens (key_id);
CREATE INDEX playground_tokens_session ON playground_tokens (session_id);
