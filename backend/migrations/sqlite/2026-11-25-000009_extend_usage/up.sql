-- Rows of one key, or of all keys of a tenant together (lineage and key are empty),
-- now lie next to each other. not_logged: of the requests, those that were not kept
-- one by one; there was no log before.
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

-- One histogram after the other reads as their sum.
INSERT INTO usage_rollups_by_lineage
SELECT tenant_id, '', resolution_secs, bucket, '', route, status, source,
  SUM(requests), SUM(latency_us_sum), unhex(group_concat(hex(latency), '')), SUM(requests)
FROM usage_rollups
WHERE resolution_secs > 0
GROUP BY tenant_id, resolution_secs, bucket, route, status, source;

-- How much each key was used, without saying for what: few rows however many keys.
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

-- How near a tenant came to its rate limit, at the resolutions of usage_rollups but
-- "ever". What was admitted in the busiest minute of the bucket, which minute that
-- was, and what rate was granted then.
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

-- Failed and recent requests, one by one, in the order in which they were written.
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
  -- Of failed requests only.
  error          TEXT,
  message        TEXT,
  refused_by     TEXT
);

CREATE INDEX request_log_request ON request_log (request_id);
CREATE INDEX request_log_errors ON request_log (tenant_id, at, seq) WHERE status >= 400;
CREATE INDEX request_log_key_errors ON request_log (tenant_id, lineage_id, at, seq) WHERE status >= 400;
