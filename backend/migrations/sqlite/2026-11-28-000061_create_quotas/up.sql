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
) WITHOUT ROWID;

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

CREATE TRIGGER tenants_quota_usage AFTER INSERT ON tenants BEGIN
  INSERT INTO quota_usage VALUES (NEW.id, 'live', 0, 0, 0, 0), (NEW.id, 'test', 0, 0, 0, 0);
END;

CREATE TRIGGER templates_quota_insert AFTER INSERT ON templates BEGIN
  UPDATE quota_usage SET
    templates = templates + 1,
    stored_bytes = stored_bytes + (octet_length(NEW.subject) + octet_length(NEW.html_body) + COALESCE(octet_length(NEW.text_body), 0))
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
END;

CREATE TRIGGER templates_quota_delete AFTER DELETE ON templates BEGIN
  UPDATE quota_usage SET
    templates = templates - 1,
    stored_bytes = stored_bytes - (octet_length(OLD.subject) + octet_length(OLD.html_body) + COALESCE(octet_length(OLD.text_body), 0))
  WHERE tenant_id = OLD.tenant_id AND environment = OLD.environment;
END;

CREATE TRIGGER templates_quota_update AFTER UPDATE OF subject, html_body, text_body ON templates
WHEN (octet_length(NEW.subject) + octet_length(NEW.html_body) + COALESCE(octet_length(NEW.text_body), 0))
  <> (octet_length(OLD.subject) + octet_length(OLD.html_body) + COALESCE(octet_length(OLD.text_body), 0)) BEGIN
  UPDATE quota_usage SET
    stored_bytes = stored_bytes
      + (octet_length(NEW.subject) + octet_length(NEW.html_body) + COALESCE(octet_length(NEW.text_body), 0))
      - (octet_length(OLD.subject) + octet_length(OLD.html_body) + COALESCE(octet_length(OLD.text_body), 0))
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
END;

CREATE TRIGGER contacts_quota_insert AFTER INSERT ON contacts BEGIN
  UPDATE quota_usage SET
    contacts = contacts + 1,
    stored_bytes = stored_bytes + (octet_length(NEW.tags) + octet_length(NEW.attributes))
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
END;

CREATE TRIGGER contacts_quota_delete AFTER DELETE ON contacts BEGIN
  UPDATE quota_usage SET
    contacts = contacts - 1,
    stored_bytes = stored_bytes - (octet_length(OLD.tags) + octet_length(OLD.attributes))
  WHERE tenant_id = OLD.tenant_id AND environment = OLD.environment;
END;

CREATE TRIGGER contacts_quota_update AFTER UPDATE OF tags, attributes ON contacts
WHEN (octet_length(NEW.tags) + octet_length(NEW.attributes))
  <> (octet_length(OLD.tags) + octet_length(OLD.attributes)) BEGIN
  UPDATE quota_usage SET
    stored_bytes = stored_bytes
      + (octet_length(NEW.tags) + octet_length(NEW.attributes))
      - (octet_length(OLD.tags) + octet_length(OLD.attributes))
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
END;

CREATE TRIGGER campaigns_quota_insert AFTER INSERT ON campaigns BEGIN
  UPDATE quota_usage SET
    stored_bytes = stored_bytes + (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0))
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
END;

CREATE TRIGGER campaigns_quota_delete AFTER DELETE ON campaigns BEGIN
  UPDATE quota_usage SET
    stored_bytes = stored_bytes - (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0))
  WHERE tenant_id = OLD.tenant_id AND environment = OLD.environment;
END;

CREATE TRIGGER campaigns_quota_update AFTER UPDATE OF subject, html_body, text_body ON campaigns
WHEN (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0))
  <> (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0)) BEGIN
  UPDATE quota_usage SET
    stored_bytes = stored_bytes
      + (octet_length(NEW.subject) + COALESCE(octet_length(NEW.html_body), 0) + COALESCE(octet_length(NEW.text_body), 0))
      - (octet_length(OLD.subject) + COALESCE(octet_length(OLD.html_body), 0) + COALESCE(octet_length(OLD.text_body), 0))
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
END;

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

CREATE TRIGGER messages_quota_status AFTER UPDATE OF status ON messages
WHEN NEW.origin <> 'notice' AND (NEW.status = 'queued') <> (OLD.status = 'queued') BEGIN
  UPDATE quota_usage SET
    queued_emails = queued_emails + (NEW.status = 'queued') - (OLD.status = 'queued')
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
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
