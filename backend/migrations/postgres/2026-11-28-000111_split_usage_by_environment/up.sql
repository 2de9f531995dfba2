-- Counts of all keys together are kept for each environment: their lineage is `live` or
-- `test`, no longer empty. Where all keys of a tenant are in one environment, the rows get
-- its name. The others are replaced by the server when it starts
-- (models/usage/split.rs): it adds up the histograms of each environment's keys.
UPDATE usage_rollups SET lineage_id = 'live'
WHERE lineage_id = '' AND tenant_id IN (
  SELECT id FROM tenants
  WHERE id NOT IN (SELECT tenant_id FROM api_keys WHERE environment = 'test')
);
UPDATE usage_rollups SET lineage_id = 'test'
WHERE lineage_id = '' AND tenant_id IN (
  SELECT id FROM tenants
  WHERE id NOT IN (SELECT tenant_id FROM api_keys WHERE environment = 'live')
);

-- Failed requests are read for one environment.
DROP INDEX request_log_errors;
CREATE INDEX request_log_errors ON request_log (tenant_id, environment, at, seq)
WHERE status >= 400;
