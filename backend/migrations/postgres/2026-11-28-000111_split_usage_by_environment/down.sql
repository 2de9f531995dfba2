DROP INDEX request_log_errors;
CREATE INDEX request_log_errors ON request_log (tenant_id, at, seq) WHERE status >= 400;

-- One histogram after the other reads as their sum.
DELETE FROM usage_rollups WHERE lineage_id = '';
INSERT INTO usage_rollups
SELECT tenant_id, '', resolution_secs, bucket, '', route, status, source,
  SUM(requests), SUM(latency_us_sum), string_agg(latency, ''), SUM(not_logged)
FROM usage_rollups
WHERE lineage_id IN ('live', 'test')
GROUP BY tenant_id, resolution_secs, bucket, route, status, source;
DELETE FROM usage_rollups WHERE lineage_id IN ('live', 'test');
