CREATE TABLE contacts (
  id          TEXT PRIMARY KEY NOT NULL,
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  environment TEXT NOT NULL,
  email       TEXT NOT NULL,
  first_name  TEXT NOT NULL,
  last_name   TEXT NOT NULL,
  tags        TEXT NOT NULL,
  attributes  TEXT NOT NULL,
  status      TEXT NOT NULL,
  created_at  TIMESTAMP NOT NULL,
  updated_at  TIMESTAMP NOT NULL,
  UNIQUE (tenant_id, environment, email)
);

CREATE INDEX contacts_created ON contacts (tenant_id, environment, created_at, id);
