ALTER TABLE playground_tokens DROP COLUMN scopes;
