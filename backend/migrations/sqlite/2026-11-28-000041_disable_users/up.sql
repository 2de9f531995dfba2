-- Disabled users cannot sign in. Their keys and audit log entries are kept.
ALTER TABLE users ADD COLUMN disabled_at TIMESTAMP;

-- For listing and ending all sessions of a user.
CREATE INDEX sessions_user_id ON sessions (user_id);
