CREATE TABLE api_keys (
  id               TEXT PRIMARY KEY NOT NULL,
  tenant_id        TEXT NOT NULL REFERENCES tenants (id),
  lineage_id       TEXT NOT NULL,
  name             TEXT NOT NULL,
  description      TEXT NOT NULL,
  environment      TEXT NOT NULL,
  scopes           TEXT NOT NULL,
  bulk_approved_at TIMESTAMP,
  ip_allowlist     TEXT NOT NULL,
  secret_hash      TEXT NOT NULL,
  secret_version   INTEGER NOT NULL,
  mask_suffix      TEXT NOT NULL,
  created_at       TIMESTAMP NOT NULL,
  creator_kind     TEXT NOT NULL,
  creator_id       TEXT NOT NULL,
  creator_email    TEXT NOT NULL,
  expires_at       TIMESTAMP,
  grace_until      TIMESTAMP,
  disabled_at      TIMESTAMP,
  revoked_at       TIMESTAMP
);

CREATE INDEX api_keys_tenant_created ON api_keys (tenant_id, created_at, id);

-- Separate from the keys, because the usage writer commits without waiting for the disk.
CREATE TABLE api_key_activity (
  key_id       TEXT PRIMARY KEY NOT NULL REFERENCES api_keys (id),
  last_used_at TIMESTAMP NOT NULL
);
