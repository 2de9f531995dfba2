DROP TABLE changes;
DROP TABLE secret_keys;
DROP TABLE sessions;
DROP TABLE users;
DROP TABLE tenants;
