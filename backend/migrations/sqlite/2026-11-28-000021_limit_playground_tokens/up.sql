-- Maximum permissions of a token, fixed when it is created. Existing tokens last only five
-- minutes and are dropped.
DELETE FROM playground_tokens;
ALTER TABLE playground_tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
