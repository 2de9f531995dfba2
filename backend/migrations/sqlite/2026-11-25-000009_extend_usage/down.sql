DROP TABLE request_log;
DROP TABLE rate_limit_rollups;
DROP TABLE usage_by_key;

CREATE TABLE usage_rollups_by_bucket (
  tenant_id       TEXT NOT NULL,
  resolution_secs INTEGER NOT NULL,
  bucket          TIMESTAMP NOT NULL,
  key_id          TEXT NOT NULL,
  lineage_id      TEXT NOT NULL,
  route           TEXT NOT NULL,
  status          INTEGER NOT NULL,
  source          TEXT NOT NULL,
  requests        BIGINT NOT NULL,
  latency_us_sum  BIGINT NOT NULL,
  latency         BLOB NOT NULL,
  PRIMARY KEY (tenant_id, resolution_secs, bucket, key_id, route, status, source)
) WITHOUT ROWID;

INSERT INTO usage_rollups_by_bucket
SELECT tenant_id, resolution_secs, bucket, key_id, lineage_id, route, status, source,
  requests, latency_us_sum, latency
FROM usage_rollups WHERE key_id <> '';

DROP TABLE usage_rollups;
ALTER TABLE usage_rollups_by_bucket RENAME TO usage_rollups;
