-- +goose Up
-- What of the mail of a personal inbox is logged on contacts; empty where nobody
-- has chosen.
ALTER TABLE inbox_settings ADD COLUMN logging TEXT NOT NULL DEFAULT '';

-- With whom the mail of personal inboxes is not logged: an address, or a domain
-- as @acme.test, with its sub-domains. user_id 0 is the desk's list, others are
-- of the mail of one user. whole is 1 where a mail that names it is logged with
-- nobody at all.
CREATE TABLE never_log (
    user_id  BIGINT NOT NULL,
    address  TEXT COLLATE "C" NOT NULL,
    whole    BIGINT NOT NULL,
    added_by BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (user_id, address)
);

-- Conversations whose owner has said that they are logged with nobody.
CREATE TABLE log_off (
    conversation BIGINT PRIMARY KEY
);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
