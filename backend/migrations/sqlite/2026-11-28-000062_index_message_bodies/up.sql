-- For pruning bodies after their retention period.
CREATE INDEX messages_bodies ON messages (tenant_id, environment, created_at)
WHERE html_body IS NOT NULL;
