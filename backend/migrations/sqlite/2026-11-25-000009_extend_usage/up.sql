-- Stores rows of one key, or the totals of a tenant (empty lineage and key), next to each
-- other. not_logged counts the requests missing from the request log: all, until now.
CREATE TABLE usage_rollups_by_lineage (
  tenant_id       TEXT NOT NULL,
  lineage_id      TEXT NOT NULL,
  resolution_secs INTEGER NOT NULL,
  bucket          TIMESTAMP NOT NULL,
  key_id          TEXT NOT NULL,
  route           TEXT NOT NULL,
  status          INTEGER NOT NULL,
  source          TEXT NOT NULL,
  requests        BIGINT NOT NULL,
  latency_us_sum  BIGINT NOT NULL,
  latency         BLOB NOT NULL,
  not_logged      BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, lineage_id, resolution_secs, bucket, key_id, route, status, source)
) WITHOUT ROWID;

INSERT INTO usage_rollups_by_lineage
SELECT tenant_id, lineage_id, resolution_secs, bucket, key_id, route, status, source,
  requests, latency_us_sum, latency, requests
FROM usage_rollups;

-- Concatenated histograms are read as their sum.
INSERT INTO usage_rollups_by_lineage
SELECT tenant_id, '', resolution_secs, bucket, '', route, status, source,
  SUM(requests), SUM(latency_us_sum), unhex(group_concat(hex(latency), '')), SUM(requests)
FROM usage_rollups
WHERE resolution_secs > 0
GROUP BY tenant_id, resolution_secs, bucket, route, status, source;

-- Requests by key only, so that the number of rows stays small with many keys.
CREATE TABLE usage_by_key (
  tenant_id       TEXT NOT NULL,
  resolution_secs INTEGER NOT NULL,
  bucket          TIMESTAMP NOT NULL,
  lineage_id      TEXT NOT NULL,
  requests        BIGINT NOT NULL,
  errors          BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, resolution_secs, bucket, lineage_id)
) WITHOUT ROWID;

INSERT INTO usage_by_key
SELECT tenant_id, resolution_secs, bucket, lineage_id,
  SUM(requests), SUM(CASE WHEN status >= 400 THEN requests ELSE 0 END)
FROM usage_rollups
WHERE resolution_secs > 0
GROUP BY tenant_id, resolution_secs, bucket, lineage_id;

DROP TABLE usage_rollups;
ALTER TABLE usage_rollups_by_lineage RENAME TO usage_rollups;

-- Peaks of the rate limit, at the resolutions of usage_rollups except "ever": the busiest
-- minute of the bucket, its admitted requests, and the rate limit at that time.
CREATE TABLE rate_limit_rollups (
  tenant_id       TEXT NOT NULL,
  environment     TEXT NOT NULL,
  resolution_secs INTEGER NOT NULL,
  bucket          TIMESTAMP NOT NULL,
  admitted        BIGINT NOT NULL,
  refused         BIGINT NOT NULL,
  peak            BIGINT NOT NULL,
  peak_at         TIMESTAMP NOT NULL,
  peak_limit      INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, environment, resolution_secs, bucket)
) WITHOUT ROWID;

-- Log of failed and recent requests, in the order of writing.
CREATE TABLE request_log (
  seq            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  request_id     TEXT NOT NULL,
  tenant_id      TEXT NOT NULL,
  at             TIMESTAMP NOT NULL,
  key_id         TEXT NOT NULL,
  lineage_id     TEXT NOT NULL,
  environment    TEXT NOT NULL,
  source         TEXT NOT NULL,
  client_address TEXT NOT NULL,
  route          TEXT NOT NULL,
  status         INTEGER NOT NULL,
  duration_us    BIGINT NOT NULL,
  -- Set for failed requests only.
  error          TEXT,
  message        TEXT,
  refused_by     TEXT
);

CREATE INDEX request_log_request ON request_log (request_id);
CREATE INDEX request_log_errors ON request_log (tenant_id, at, seq) WHERE status >= 400;
CREATE INDEX request_log_key_errors ON request_log (tenant_id, lineage_id, at, seq) WHERE status >= 400;
