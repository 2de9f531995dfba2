DROP TABLE api_key_refusals;
