-- How often the next chunk was begun and did not end, and until when the process that
-- began it last is given time.
ALTER TABLE campaigns ADD COLUMN chunk_attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN chunk_claimed_until TIMESTAMP;
-- Why the campaign has failed.
ALTER TABLE campaigns ADD COLUMN failure_reason TEXT;
