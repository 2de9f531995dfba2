-- Failed attempts at the next chunk, and the end of the claim of the process that works
-- on it.
ALTER TABLE campaigns ADD COLUMN chunk_attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN chunk_claimed_until TIMESTAMP;
-- Reason for the status 'failed'.
ALTER TABLE campaigns ADD COLUMN failure_reason TEXT;
