-- Usage of the plan's quotas by tenant and environment. The triggers below maintain it for
-- every statement that changes counted rows. Keys are counted on demand, because they expire
-- without a statement.
CREATE TABLE quota_usage (
  tenant_id     TEXT NOT NULL REFERENCES tenants (id),
  environment   TEXT NOT NULL,
  templates     BIGINT NOT NULL,
  contacts      BIGINT NOT NULL,
  queued_emails BIGINT NOT NULL,
  stored_bytes  BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, environment)
);

-- Quotas set by the operator for a tenant; NULL for the plan's quota.
CREATE TABLE quota_overrides (
  tenant_id     TEXT PRIMARY KEY NOT NULL REFERENCES tenants (id),
  templates     BIGINT,
  contacts      BIGINT,
  keys          BIGINT,
  stored_bytes  BIGINT,
  queued_emails BIGINT
);

INSERT INTO quota_usage
SELECT tenants.id, environments.name,
  (SELECT COUNT(*) FROM templates
    WHERE templates.tenant_id = tenants.id AND templates.environment = environments.name),
  (SELECT COUNT(*) FROM contacts
    WHERE contacts.tenant_id = tenants.id AND contacts.environment = environments.name),
  (SELECT COUNT(*) FROM messages
    WHERE messages.tenant_id = tenants.id AND messages.environment = environments.name
    AND messages.status = 'queued' AND messages.origin <> 'notice'),
  (SELECT COALESCE(SUM(octet_length(subject) + octet_length(html_body)
      + COALESCE(octet_length(text_body), 0)), 0) FROM templates
    WHERE templates.tenant_id = tenants.id AND templates.environment = environments.name)
  + (SELECT COALESCE(SUM(octet_length(subject) + COALESCE(octet_length(html_body), 0)
      + COALESCE(octet_length(text_body), 0)), 0) FROM campaigns
    WHERE campaigns.tenant_id = tenants.id AND campaigns.environment = environments.name)
  + (SELECT COALESCE(SUM(octet_length(subject) + COALESCE(octet_length(html_body), 0)
      + COALESCE(octet_length(text_body), 0)), 0) FROM messages
    WHERE messages.tenant_id = tenants.id AND messages.environment = environments.name
    AND messages.origin <> 'notice')
  + (SELECT COALESCE(SUM(octet_length(tags) + octet_length(attributes)), 0) FROM contacts
    WHERE contacts.tenant_id = tenants.id AND contacts.environment = environments.name)
FROM tenants CROSS JOIN (SELECT 'live' AS name UNION ALL SELECT 'test') AS environments;

CREATE FUNCTION tenants_quota_usage() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO quota_usage VALUES (NEW.id, 'live', 0, 0, 0, 0), (NEW.id, 'test', 0, 0, 0, 0);
  RETURN NULL;
END $$;
CREATE TRIGGER tenants_quota_usage AFTER INSERT ON tenants
FOR EACH ROW EXECUTE FUNCTION tenants_quota_usage();

-- The triggers are deferred, so that a transaction locks its row of quota_usage last and then
-- waits for no other lock. models/quota.rs runs them early, as its last statement.

CREATE FUNCTION templates_quota_usage() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
  tenant TEXT;
  env TEXT;
  bytes BIGINT := 0;
  row_count BIGINT := 0;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    tenant := OLD.tenant_id;
    env := OLD.environment;
    row_count := row_count - 1;
    bytes := bytes - (octet_length(OLD.subject) + octet_length(OLD.html_body) + COALESCE(octet_length(OLD.text_body), 0));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    tenant := NEW.tenant_id;
    env := NEW.environment;
    row_count := row_count + 1;
    bytes := bytes + (octet_length(NEW.subject) + octet_length(NEW.html_body) + COALESCE(octet_length(NEW.text_body), 0));
  END IF;
  UPDATE quota_usage SET templates = templates + row_count, stored_bytes = stored_bytes + bytes
  WHERE tenant_id = tenant AND environment = env;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER templates_quota_insert AFTER INSERT ON templates
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
EXECUTE FUNCTION templates_quota_usage();
CREATE CONSTRAINT TRIGGER templates_quota_delete AFTER DELETE ON templates
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
EXECUTE FUNCTION templates_quota_usage();
CREATE CONSTRAINT TRIGGER templates_quota_update AFTER UPDATE OF subject, html_body, text_body ON templates
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN ((octet_length(NEW.subject) + octet_length(NEW.html_body) + COALESCE(octet_length(NEW.text_body), 0))
  <> (octet_length(OLD.subject) + octet_length(OLD.html_body) + COALESCE(octet_length(OLD.text_body), 0)))
EXECUTE FUNCTION templates_quota_usage();

CREATE FUNCTION contacts_quota_usage() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
  tenant TEXT;
  env TEXT;
  bytes BIGINT := 0;
  row_count BIGINT := 0;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    tenant := OLD.tenant_id;
    env := OLD.environment;
    row_count := row_count - 1;
    bytes := bytes - (octet_length(OLD.tags) + octet_length(OLD.attributes));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    tenant := NEW.tenant_id;
    env := NEW.environment;
    row_count := row_count + 1;
    bytes := bytes + (octet_length(NEW.tags) + octet_length(NEW.attributes));
  END IF;
  UPDATE quota_usage SET contacts = contacts + row_count, stored_bytes = stored_bytes + bytes
  WHERE tenant_id = tenant AND environment = env;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER contacts_quota_insert AFTER INSERT ON contacts
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
EXECUTE FUNCTION contacts_quota_usage();
CREATE CONSTRAINT TRIGGER contacts_quota_delete AFTER DELETE ON contacts
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
EXECUTE FUNCTION contacts_quota_usage();
CREATE CONSTRAINT TRIGGER contacts_quota_update AFTER UPDATE OF tags, attributes ON contacts
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN ((octet_length(NEW.tags) + octet_length(NEW.attributes))
  <> (octet_length(OLD.tags) + octet_length(OLD.attributes)))
EXECUTE FUNCTION contacts_quota_usage();

CREATE FUNCTION campaigns_quota_usage() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
  tenant TEXT;
  env TEXT;
  bytes BIGINT := 0;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    tenant := OLD.tenant_id;
    env := OLD.environment;
    bytes := bytes - (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    tenant := NEW.tenant_id;
    env := NEW.environment;
    bytes := bytes + (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0));
  END IF;
  UPDATE quota_usage SET stored_bytes = stored_bytes + bytes
  WHERE tenant_id = tenant AND environment = env;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER campaigns_quota_insert AFTER INSERT ON campaigns
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
EXECUTE FUNCTION campaigns_quota_usage();
CREATE CONSTRAINT TRIGGER campaigns_quota_delete AFTER DELETE ON campaigns
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
EXECUTE FUNCTION campaigns_quota_usage();
CREATE CONSTRAINT TRIGGER campaigns_quota_update AFTER UPDATE OF subject, html_body, text_body ON campaigns
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN ((octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0))
  <> (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0)))
EXECUTE FUNCTION campaigns_quota_usage();

CREATE FUNCTION messages_quota_usage() RETURNS TRIGGER LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER messages_quota_insert AFTER INSERT ON messages
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.origin <> 'notice')
EXECUTE FUNCTION messages_quota_usage();
CREATE CONSTRAINT TRIGGER messages_quota_delete AFTER DELETE ON messages
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.origin <> 'notice')
EXECUTE FUNCTION messages_quota_usage();
CREATE CONSTRAINT TRIGGER messages_quota_update AFTER UPDATE OF status, subject, html_body, text_body ON messages
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.origin <> 'notice' AND ((NEW.status = 'queued') <> (OLD.status = 'queued')
  OR (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0))
  <> (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0))))
EXECUTE FUNCTION messages_quota_usage();
