-- Of the requests, those that were not kept one by one. There was no log before.
ALTER TABLE usage_rollups ADD COLUMN not_logged BIGINT NOT NULL DEFAULT 0;
UPDATE usage_rollups SET not_logged = requests;

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
);

CREATE INDEX rate_limit_refusals ON rate_limit_rollups (tenant_id, environment, bucket)
  WHERE resolution_secs = 60 AND refused > 0;

-- Failed and recent requests, one by one, in the order in which they were written.
CREATE TABLE request_log (
  seq            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
