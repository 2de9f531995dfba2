-- One row per series and time bucket at each resolution: 60, 3600 and 86400 seconds, and 0
-- for all time (whose bucket is the epoch).
CREATE TABLE usage_rollups (
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
