DROP TRIGGER message_events_quota_delete;
DROP TRIGGER message_events_quota_insert;
UPDATE quota_usage SET stored_bytes = stored_bytes - (
  SELECT COALESCE(SUM(octet_length(url)), 0) FROM message_events
  WHERE message_events.tenant_id = quota_usage.tenant_id
  AND message_events.environment = quota_usage.environment);
