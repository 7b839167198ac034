-- +goose Up
-- email is where an invited user was written to; pending_since and removed_at
-- are, like disabled_at, before 1970 where they say nothing.
ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN pending_since INTEGER NOT NULL DEFAULT -62135596800000;
ALTER TABLE users ADD COLUMN removed_at INTEGER NOT NULL DEFAULT -62135596800000;

-- The code with which an invited user shows that he is who was meant: never
-- itself, only what tells whether it is right. outgoing is the mail with it.
CREATE TABLE codes (
    user_id    INTEGER PRIMARY KEY REFERENCES users,
    mac        BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    outgoing   INTEGER NOT NULL
) STRICT;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
