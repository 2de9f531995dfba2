ALTER TABLE rate_limit_rollups DROP COLUMN refused_by_endpoint;
