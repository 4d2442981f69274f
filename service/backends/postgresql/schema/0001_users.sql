CREATE TABLE users (
    username text PRIMARY KEY CHECK (username <> ''),
    name text NOT NULL CHECK (name <> '')
);
