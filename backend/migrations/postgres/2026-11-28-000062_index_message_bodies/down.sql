DROP INDEX messages_bodies;
