-- Counts the URLs of clicks as stored bytes, because readers of an email can add up to 100 of
-- them without a key.
UPDATE quota_usage SET stored_bytes = stored_bytes + (
  SELECT COALESCE(SUM(octet_length(url)), 0) FROM message_events
  WHERE message_events.tenant_id = quota_usage.tenant_id
  AND message_events.environment = quota_usage.environment);

CREATE TRIGGER message_events_quota_insert AFTER INSERT ON message_events
WHEN NEW.url IS NOT NULL BEGIN
  UPDATE quota_usage SET stored_bytes = stored_bytes + octet_length(NEW.url)
  WHERE tenant_id = NEW.tenant_id AND environment = NEW.environment;
END;

CREATE TRIGGER message_events_quota_delete AFTER DELETE ON message_events
WHEN OLD.url IS NOT NULL BEGIN
  UPDATE quota_usage SET stored_bytes = stored_bytes - octet_length(OLD.url)
  WHERE tenant_id = OLD.tenant_id AND environment = OLD.environment;
END;
