ALTER TABLE campaigns DROP COLUMN failure_reason;
ALTER TABLE campaigns DROP COLUMN chunk_claimed_until;
ALTER TABLE campaigns DROP COLUMN chunk_attempts;
