ALTER TABLE tenants ADD COLUMN default_from TEXT;
-- Allowed sender domains, separated by commas. Empty allows any domain.
ALTER TABLE tenants ADD COLUMN sender_domains TEXT NOT NULL DEFAULT '';

CREATE TABLE templates (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  environment TEXT NOT NULL,
  id          TEXT NOT NULL,
  name        TEXT NOT NULL,
  subject     TEXT NOT NULL,
  html_body   TEXT NOT NULL,
  text_body   TEXT,
  created_at  TIMESTAMP NOT NULL,
  updated_at  TIMESTAMP NOT NULL,
  PRIMARY KEY (tenant_id, environment, id)
);

-- Adds the initial template of new tenants (models/template.rs) to existing ones.
INSERT INTO templates
SELECT tenants.id, environments.name, 'welcome-v1', 'Welcome', 'Welcome to {{ company }}, {{ name }}!',
  '<h1>Welcome, {{ name }}!</h1>
<p>Thank you for joining {{ company }}. We are glad that you are here.</p>
', 'Welcome, {{ name }}!

Thank you for joining {{ company }}. We are glad that you are here.
', tenants.created_at, tenants.created_at
FROM tenants CROSS JOIN (SELECT 'live' AS name UNION ALL SELECT 'test') AS environments;

-- Emails, including the queue of unsent ones.
CREATE TABLE messages (
  id              TEXT PRIMARY KEY NOT NULL,
  tenant_id       TEXT NOT NULL REFERENCES tenants (id),
  environment     TEXT NOT NULL,
  origin          TEXT NOT NULL,
  key_id          TEXT,
  campaign_id     TEXT,
  contact_id      TEXT,
  -- NULL for notices, which are sent from the server's own address.
  sender          TEXT,
  recipient       TEXT NOT NULL,
  subject         TEXT NOT NULL,
  html_body       TEXT,
  text_body       TEXT,
  tags            TEXT NOT NULL,
  track_opens     BOOLEAN NOT NULL,
  track_clicks    BOOLEAN NOT NULL,
  status          TEXT NOT NULL,
  -- Captured instead of delivered: sent by a test key, or to the sandbox domain.
  captured        BOOLEAN NOT NULL,
  -- 1 for campaign emails, which are sent after all others.
  priority        INTEGER NOT NULL,
  attempts        INTEGER NOT NULL,
  next_attempt_at TIMESTAMP,
  claimed_until   TIMESTAMP,
  last_error      TEXT,
  created_at      TIMESTAMP NOT NULL,
  sent_at         TIMESTAMP,
  UNIQUE (campaign_id, contact_id)
);

CREATE INDEX messages_created ON messages (tenant_id, environment, created_at, id);
CREATE INDEX messages_recipient ON messages (tenant_id, environment, lower(recipient));
CREATE INDEX messages_due ON messages (captured, priority, next_attempt_at) WHERE status = 'queued';

-- Delivery and engagement events of emails.
CREATE TABLE message_events (
  seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id  TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  tenant_id   TEXT NOT NULL,
  environment TEXT NOT NULL,
  campaign_id TEXT,
  kind        TEXT NOT NULL,
  url         TEXT,
  at          TIMESTAMP NOT NULL
);

CREATE INDEX message_events_message ON message_events (message_id, kind);
CREATE INDEX message_events_campaign ON message_events (campaign_id, kind, message_id);

-- Stored responses, which are returned for repeated requests.
CREATE TABLE idempotency_keys (
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  environment TEXT NOT NULL,
  key         TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  status      INTEGER NOT NULL,
  answer      TEXT NOT NULL,
  created_at  TIMESTAMP NOT NULL,
  PRIMARY KEY (tenant_id, environment, key)
);

CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
