-- For finding the bodies whose retention period has passed.
CREATE INDEX messages_bodies ON messages (tenant_id, environment, created_at)
WHERE html_body IS NOT NULL;
