-- +goose Up
-- What of the mail of a personal inbox is logged on contacts; empty where nobody
-- has chosen.
ALTER TABLE inbox_settings ADD COLUMN logging TEXT NOT NULL DEFAULT '';

-- With whom the mail of personal inboxes is not logged: an address, or a domain
-- as @acme.test, with its sub-domains. user_id 0 is the desk's list, others are
-- of the mail of one user. whole is 1 where a mail that names it is logged with
-- nobody at all.
CREATE TABLE never_log (
    user_id  INTEGER NOT NULL,
    address  TEXT NOT NULL,
    whole    INTEGER NOT NULL,
    added_by INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (user_id, address)
) STRICT, WITHOUT ROWID;

-- Conversations whose owner has said that they are logged with nobody.
CREATE TABLE log_off (
    conversation INTEGER PRIMARY KEY
) STRICT;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
