-- +goose Up
-- When teams work, as JSON. Each version is a row that stays, because clocks run
-- by it; line is the first of them, and current marks the one that counts.
CREATE TABLE calendars (
    id      INTEGER PRIMARY KEY,
    line    INTEGER NOT NULL,
    version INTEGER NOT NULL,
    name    TEXT NOT NULL,
    folded  TEXT NOT NULL,
    spec    TEXT NOT NULL,
    since   INTEGER NOT NULL,
    current INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX calendars_name ON calendars (folded) WHERE current = 1;

-- What is promised to tickets, in versions like calendars; terms are JSON.
CREATE TABLE policies (
    id       INTEGER PRIMARY KEY,
    line     INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    name     TEXT NOT NULL,
    folded   TEXT NOT NULL,
    position INTEGER NOT NULL,
    terms    TEXT NOT NULL,
    since    INTEGER NOT NULL,
    current  INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX policies_name ON policies (folded) WHERE current = 1;

-- The clocks of tickets, the newest of each kind. policy and calendar are the
-- versions they go by, goal and warn nanoseconds of working time, pauses JSON;
-- told is what the journal says of it, tell_at when there is more to say.
CREATE TABLE clocks (
    conversation INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    policy       INTEGER NOT NULL,
    calendar     INTEGER NOT NULL,
    goal         INTEGER NOT NULL,
    warn         INTEGER NOT NULL,
    started      INTEGER NOT NULL,
    pauses       TEXT NOT NULL,
    stopped      INTEGER NOT NULL,
    warn_at      INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    told         TEXT NOT NULL,
    tell_at      INTEGER NOT NULL,
    PRIMARY KEY (conversation, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX clocks_tell ON clocks (tell_at, conversation, kind) WHERE tell_at > 0;

-- How the most urgent clock stands: empty, due soon or overdue.
ALTER TABLE conversations ADD COLUMN due_state TEXT NOT NULL DEFAULT '';

ALTER TABLE tallies ADD COLUMN soon INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN overdue INTEGER NOT NULL DEFAULT 0;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
