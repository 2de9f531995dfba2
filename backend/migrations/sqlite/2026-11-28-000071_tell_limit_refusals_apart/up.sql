-- Requests rejected by the limit of a single endpoint, a part of all rejected requests. In
-- existing rows, all rejections count for the plan.
ALTER TABLE rate_limit_rollups ADD COLUMN refused_by_endpoint BIGINT NOT NULL DEFAULT 0;
