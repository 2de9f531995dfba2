-- Queued campaign emails cannot be sent without their values.
UPDATE messages SET status = 'failed', next_attempt_at = NULL,
  last_error = 'The server went back to a version that cannot send this email.'
WHERE variables IS NOT NULL AND status = 'queued';
UPDATE messages SET variables = NULL WHERE variables IS NOT NULL;
DELETE FROM campaigns WHERE deleted_at IS NOT NULL;

SET CONSTRAINTS ALL IMMEDIATE;
DROP TRIGGER messages_quota_update ON messages;
CREATE OR REPLACE FUNCTION messages_quota_usage() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
  tenant TEXT;
  env TEXT;
  bytes BIGINT := 0;
  queued BIGINT := 0;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    tenant := OLD.tenant_id;
    env := OLD.environment;
    queued := queued - (OLD.status = 'queued')::INTEGER;
    bytes := bytes - (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    tenant := NEW.tenant_id;
    env := NEW.environment;
    queued := queued + (NEW.status = 'queued')::INTEGER;
    bytes := bytes + (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0));
  END IF;
  UPDATE quota_usage SET queued_emails = queued_emails + queued, stored_bytes = stored_bytes + bytes
  WHERE tenant_id = tenant AND environment = env;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER messages_quota_update AFTER UPDATE OF status, subject, html_body, text_body ON messages
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.origin <> 'notice' AND ((NEW.status = 'queued') <> (OLD.status = 'queued')
  OR (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0))
  <> (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0))))
EXECUTE FUNCTION messages_quota_usage();

DROP INDEX messages_bodies;
CREATE INDEX messages_bodies ON messages (tenant_id, environment, created_at)
WHERE html_body IS NOT NULL;
ALTER TABLE campaigns DROP COLUMN deleted_at;
ALTER TABLE messages DROP COLUMN variables;
