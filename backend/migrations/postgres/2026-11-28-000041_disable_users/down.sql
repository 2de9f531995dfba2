DROP INDEX sessions_user_id;
ALTER TABLE users DROP COLUMN disabled_at;
