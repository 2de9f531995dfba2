DROP TABLE api_key_activity;
DROP TABLE api_keys;
