-- +goose Up
-- Looks of admins into personal inboxes: who, why, and for how long. While one
-- is not over he is among the members, and may only see.
CREATE TABLE glass (
    id      INTEGER PRIMARY KEY,
    inbox   INTEGER NOT NULL REFERENCES inboxes,
    user_id INTEGER NOT NULL REFERENCES users,
    reason  TEXT NOT NULL,
    since   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    ended   INTEGER NOT NULL
) STRICT;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
