DROP INDEX api_keys_creator;
