-- Queued campaign emails cannot be sent without their values.
UPDATE messages SET status = 'failed', next_attempt_at = NULL,
  last_error = 'The server went back to a version that cannot send this email.'
WHERE variables IS NOT NULL AND status = 'queued';
UPDATE messages SET variables = NULL WHERE variables IS NOT NULL;
DELETE FROM campaigns WHERE deleted_at IS NOT NULL;

DROP TRIGGER messages_quota_insert;
DROP TRIGGER messages_quota_delete;
DROP TRIGGER messages_quota_update;

CREATE TRIGGER messages_quota_insert AFTER INSERT ON messages
WHEN NEW.origin <> 'notice' BEGIN
  UPDATE quota_usage SET
    queued_emails = queued_emails + (NEW.status = 'queued'),
    stored_bytes = stored_bytes + (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0))
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
END;

CREATE TRIGGER messages_quota_delete AFTER DELETE ON messages
WHEN OLD.origin <> 'notice' BEGIN
  UPDATE quota_usage SET
    queued_emails = queued_emails - (OLD.status = 'queued'),
    stored_bytes = stored_bytes - (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0))
  WHERE tenant_id = OLD.tenant_id AND environment = OLD.environment;
END;

CREATE TRIGGER messages_quota_update AFTER UPDATE OF subject, html_body, text_body ON messages
WHEN NEW.origin <> 'notice' AND (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0))
  <> (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0)) BEGIN
  UPDATE quota_usage SET
    stored_bytes = stored_bytes
      + (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0))
      - (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0))
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
END;

DROP INDEX messages_bodies;
CREATE INDEX messages_bodies ON messages (tenant_id, environment, created_at)
WHERE html_body IS NOT NULL;
ALTER TABLE campaigns DROP COLUMN deleted_at;
ALTER TABLE messages DROP COLUMN variables;
