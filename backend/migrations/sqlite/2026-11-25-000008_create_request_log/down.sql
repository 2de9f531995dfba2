DROP TABLE request_log;
DROP TABLE rate_limit_rollups;
ALTER TABLE usage_rollups DROP COLUMN not_logged;
