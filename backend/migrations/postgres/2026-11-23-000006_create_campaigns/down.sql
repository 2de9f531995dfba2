DROP INDEX messages_contact;
DROP INDEX messages_campaign;
DROP TABLE campaigns;
