-- Values of the variables in a campaign's bodies, stored per email instead of a copy of the
-- bodies. NULL for other emails, and after the retention period for bodies.
ALTER TABLE messages ADD COLUMN variables TEXT;
-- Time of the campaign's deletion. The row is kept while emails are rendered from it.
ALTER TABLE campaigns ADD COLUMN deleted_at TIMESTAMP;

DROP INDEX messages_bodies;
CREATE INDEX messages_bodies ON messages (tenant_id, environment, created_at)
WHERE html_body IS NOT NULL OR variables IS NOT NULL;

DROP TRIGGER messages_quota_insert;
DROP TRIGGER messages_quota_delete;
DROP TRIGGER messages_quota_update;

CREATE TRIGGER messages_quota_insert AFTER INSERT ON messages
WHEN NEW.origin <> 'notice' BEGIN
  UPDATE quota_usage SET
    queued_emails = queued_emails + (NEW.status = 'queued'),
    stored_bytes = stored_bytes + (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0) + COALESCE(octet_length(NEW.variables), 0))
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
END;

CREATE TRIGGER messages_quota_delete AFTER DELETE ON messages
WHEN OLD.origin <> 'notice' BEGIN
  UPDATE quota_usage SET
    queued_emails = queued_emails - (OLD.status = 'queued'),
    stored_bytes = stored_bytes - (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0) + COALESCE(octet_length(OLD.variables), 0))
  WHERE tenant_id = OLD.tenant_id AND environment = OLD.environment;
END;

CREATE TRIGGER messages_quota_update AFTER UPDATE OF subject, html_body, text_body, variables ON messages
WHEN NEW.origin <> 'notice' AND (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0) + COALESCE(octet_length(NEW.variables), 0))
  <> (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0) + COALESCE(octet_length(OLD.variables), 0)) BEGIN
  UPDATE quota_usage SET
    stored_bytes = stored_bytes
      + (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0) + COALESCE(octet_length(NEW.variables), 0))
      - (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0) + COALESCE(octet_length(OLD.variables), 0))
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
END;
