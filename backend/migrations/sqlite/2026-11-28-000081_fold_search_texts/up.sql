-- Names and addresses as the server folds them, for searching and for sorting names: the
-- two databases do not agree on upper and lower case. An empty text is one that the server
-- has still to fill; it looks for them when it starts.
ALTER TABLE api_keys ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN search_text TEXT NOT NULL DEFAULT '';

CREATE INDEX api_keys_name_folded ON api_keys (tenant_id, name_folded, id);
CREATE INDEX api_keys_to_fold ON api_keys (id) WHERE name_folded = '';
CREATE INDEX contacts_to_fold ON contacts (id) WHERE search_text = '';
CREATE INDEX campaigns_to_fold ON campaigns (id) WHERE search_text = '';
