DROP TABLE idempotency_keys;
DROP TABLE message_events;
DROP TABLE messages;
DROP TABLE templates;
ALTER TABLE tenants DROP COLUMN sender_domains;
ALTER TABLE tenants DROP COLUMN default_from;
