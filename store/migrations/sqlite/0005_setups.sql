-- +goose Up
-- How far somebody has come in connecting a mailbox, as JSON: what he has said,
-- and never a password.
CREATE TABLE setups (
    user_id    INTEGER PRIMARY KEY REFERENCES users,
    state      TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
