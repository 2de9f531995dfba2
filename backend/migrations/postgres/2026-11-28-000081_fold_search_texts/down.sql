DROP INDEX campaigns_to_fold;
DROP INDEX contacts_to_fold;
DROP INDEX api_keys_to_fold;
DROP INDEX api_keys_name_folded;
ALTER TABLE campaigns DROP COLUMN search_text;
ALTER TABLE contacts DROP COLUMN search_text;
ALTER TABLE api_keys DROP COLUMN name_folded;
