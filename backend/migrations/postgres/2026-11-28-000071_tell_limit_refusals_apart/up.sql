-- Of the refused requests, those that the limit of a single endpoint refused. Rows from
-- before count all of theirs for the plan.
ALTER TABLE rate_limit_rollups ADD COLUMN refused_by_endpoint BIGINT NOT NULL DEFAULT 0;
