-- A disabled user cannot sign in. What the user did and created stays.
ALTER TABLE users ADD COLUMN disabled_at TIMESTAMP;

-- Listing and ending all sessions of a user.
CREATE INDEX sessions_user_id ON sessions (user_id);
