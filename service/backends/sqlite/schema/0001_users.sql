CREATE TABLE users (
    username TEXT NOT NULL PRIMARY KEY CHECK (username <> ''),
    name TEXT NOT NULL CHECK (name <> '')
) WITHOUT ROWID;
