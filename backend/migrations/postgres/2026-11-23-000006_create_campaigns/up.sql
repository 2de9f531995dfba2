CREATE TABLE campaigns (
  id            TEXT PRIMARY KEY NOT NULL,
  tenant_id     TEXT NOT NULL REFERENCES tenants (id),
  environment   TEXT NOT NULL,
  name          TEXT NOT NULL,
  subject       TEXT NOT NULL,
  template_id   TEXT,
  -- With a template, copied from it when the campaign starts.
  html_body     TEXT,
  text_body     TEXT,
  sender        TEXT,
  contact_tags  TEXT NOT NULL,
  status        TEXT NOT NULL,
  recipients    BIGINT NOT NULL,
  -- The last contact processed, in the order of creation.
  reached_at    TIMESTAMP,
  reached_id    TEXT,
  all_queued    BOOLEAN NOT NULL,
  created_at    TIMESTAMP NOT NULL,
  updated_at    TIMESTAMP NOT NULL,
  started_at    TIMESTAMP,
  completed_at  TIMESTAMP
);

CREATE INDEX campaigns_created ON campaigns (tenant_id, environment, created_at, id);
CREATE INDEX campaigns_status ON campaigns (status);
-- For counting a campaign's emails by status.
CREATE INDEX messages_campaign ON messages (campaign_id, status, sent_at) WHERE campaign_id IS NOT NULL;
-- For withdrawing queued emails of a contact.
CREATE INDEX messages_contact ON messages (contact_id) WHERE contact_id IS NOT NULL;
