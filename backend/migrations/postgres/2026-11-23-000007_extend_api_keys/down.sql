DROP TABLE playground_tokens;
DROP TABLE audit_log;
ALTER TABLE api_key_activity DROP COLUMN last_used_address;
ALTER TABLE tenants DROP COLUMN allow_recoverable;
ALTER TABLE api_keys DROP COLUMN rotated_at;
ALTER TABLE api_keys DROP COLUMN sealed_key;
