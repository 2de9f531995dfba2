-- Case-folded names and email addresses for search and sorting. The server computes them,
-- because the two databases fold case differently. An empty text is not computed yet: the
-- server fills these rows at start-up.
ALTER TABLE api_keys ADD COLUMN name_folded TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN search_text TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN search_text TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE INDEX api_keys_name_folded ON api_keys (tenant_id, name_folded, id);
CREATE INDEX api_keys_to_fold ON api_keys (id) WHERE name_folded = '';
CREATE INDEX contacts_to_fold ON contacts (id) WHERE search_text = '';
CREATE INDEX campaigns_to_fold ON campaigns (id) WHERE search_text = '';
