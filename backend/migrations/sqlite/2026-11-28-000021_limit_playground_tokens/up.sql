-- What a token can do at most: fixed when it is made. Tokens of before live five minutes
-- and are dropped.
DELETE FROM playground_tokens;
ALTER TABLE playground_tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
