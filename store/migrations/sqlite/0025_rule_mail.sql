-- +goose Up
-- When a sender last had an automatic answer from an inbox.
CREATE TABLE auto_answers (
    inbox   INTEGER NOT NULL,
    address TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (inbox, address)
) STRICT, WITHOUT ROWID;

-- Where a rule has last found a captured text in a machine's mail.
CREATE TABLE captures (
    inbox        INTEGER NOT NULL,
    sender       TEXT NOT NULL,
    text         TEXT NOT NULL,
    conversation INTEGER NOT NULL,
    PRIMARY KEY (inbox, sender, text)
) STRICT, WITHOUT ROWID;

-- Calls that rules want made, until they were.
CREATE TABLE hooks (
    id           INTEGER PRIMARY KEY,
    rule         INTEGER NOT NULL,
    name         TEXT NOT NULL,
    inbox        INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    url          TEXT NOT NULL,
    body         TEXT NOT NULL,
    next_try     INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX hooks_due ON hooks (next_try, id);

-- Senders whose mail is never spam, or always: an address, or a domain as
-- @acme.test, with its sub-domains. inbox 0 is all shared ones.
CREATE TABLE known_senders (
    inbox   INTEGER NOT NULL,
    address TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (inbox, address)
) STRICT, WITHOUT ROWID;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
