-- +goose Up
-- Who can be given work, and when: one row for each user of whom something was
-- said. off and hours are JSON. seen_at is kept only while idle is set.
CREATE TABLE availability (
    user_id    INTEGER PRIMARY KEY REFERENCES users,
    away       INTEGER NOT NULL,
    away_by    INTEGER NOT NULL,
    away_since INTEGER NOT NULL,
    off        TEXT NOT NULL,
    hours      TEXT NOT NULL,
    idle       INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    capacity   INTEGER NOT NULL,
    share      INTEGER NOT NULL
) STRICT;

-- Named ways to find who gets a conversation. otherwise is JSON: what is tried
-- when nobody was found. turn counts what it has given.
CREATE TABLE strategies (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    otherwise  TEXT NOT NULL,
    turn       INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Whom a strategy chooses among: users and teams.
CREATE TABLE strategy_targets (
    strategy INTEGER NOT NULL REFERENCES strategies,
    n        INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    target   INTEGER NOT NULL,
    PRIMARY KEY (strategy, n)
) STRICT, WITHOUT ROWID;

-- When a strategy has last given something to a user: what its turn was then.
CREATE TABLE strategy_turns (
    strategy INTEGER NOT NULL REFERENCES strategies,
    user_id  INTEGER NOT NULL,
    turn     INTEGER NOT NULL,
    PRIMARY KEY (strategy, user_id)
) STRICT, WITHOUT ROWID;

-- Who gets the new conversations of an inbox, or of one address of it, where
-- that was decided: a strategy, or -1 for whoever takes them. address is folded,
-- and empty for the inbox as a whole.
CREATE TABLE routings (
    inbox    INTEGER NOT NULL REFERENCES inboxes,
    address  TEXT NOT NULL,
    strategy INTEGER NOT NULL,
    PRIMARY KEY (inbox, address)
) STRICT, WITHOUT ROWID;

-- Conversations nobody could be found for; chain is JSON, what is tried again.
CREATE TABLE waiting (
    conversation INTEGER PRIMARY KEY,
    inbox        INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    chain        TEXT NOT NULL
) STRICT;

CREATE INDEX waiting_since ON waiting (since, conversation);

-- Who was handed a conversation to answer, and until when nobody else is.
CREATE TABLE handed (
    conversation INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    passed       INTEGER NOT NULL
) STRICT;

CREATE INDEX handed_user ON handed (user_id);

-- How much a user has over all inboxes is the sum of his few rows.
CREATE INDEX tallies_who ON tallies (who);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
