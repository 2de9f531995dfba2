-- Values of the variables in a campaign's bodies, stored per email instead of a copy of the
-- bodies. NULL for other emails, and after the retention period for bodies.
ALTER TABLE messages ADD COLUMN variables TEXT;
-- Time of the campaign's deletion. The row is kept while emails are rendered from it.
ALTER TABLE campaigns ADD COLUMN deleted_at TIMESTAMP;

DROP INDEX messages_bodies;
CREATE INDEX messages_bodies ON messages (tenant_id, environment, created_at)
WHERE html_body IS NOT NULL OR variables IS NOT NULL;

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
    bytes := bytes - (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0) + COALESCE(octet_length(OLD.variables), 0));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    tenant := NEW.tenant_id;
    env := NEW.environment;
    queued := queued + (NEW.status = 'queued')::INTEGER;
    bytes := bytes + (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0) + COALESCE(octet_length(NEW.variables), 0));
  END IF;
  UPDATE quota_usage SET queued_emails = queued_emails + queued, stored_bytes = stored_bytes + bytes
  WHERE tenant_id = tenant AND environment = env;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER messages_quota_update AFTER UPDATE OF status, subject, html_body, text_body, variables ON messages
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.origin <> 'notice' AND ((NEW.status = 'queued') <> (OLD.status = 'queued')
  OR (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0) + COALESCE(octet_length(NEW.variables), 0))
  <> (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0) + COALESCE(octet_length(OLD.variables), 0))))
EXECUTE FUNCTION messages_quota_usage();
