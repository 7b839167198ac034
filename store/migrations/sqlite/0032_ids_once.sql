-- +goose Up
-- The id of an inbox, a team, a strategy or a rule that is gone is never
-- another's: the journal, rules and the history of rules go on naming it. Rows that refer to an inbox find it
-- again before the transaction ends.
PRAGMA defer_foreign_keys = ON;

CREATE TABLE inboxes_kept AS SELECT * FROM inboxes;
DROP TABLE inboxes;
CREATE TABLE inboxes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    owner      INTEGER NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    joined_to  INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO inboxes (id, name, folded, kind, owner, created_at, joined_to)
SELECT id, name, folded, kind, owner, created_at, joined_to FROM inboxes_kept;
DROP TABLE inboxes_kept;

CREATE TABLE rules_kept AS SELECT * FROM rules;
DROP TABLE rules;
CREATE TABLE rules (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    name      TEXT NOT NULL,
    folded    TEXT NOT NULL UNIQUE,
    position  INTEGER NOT NULL,
    enabled   INTEGER NOT NULL,
    inbox     INTEGER NOT NULL,
    channel   TEXT NOT NULL,
    runs_on   TEXT NOT NULL,
    condition TEXT NOT NULL,
    actions   TEXT NOT NULL,
    edition   INTEGER NOT NULL,
    checked   INTEGER NOT NULL,
    hits      INTEGER NOT NULL,
    last_hit  INTEGER NOT NULL
) STRICT;
INSERT INTO rules (id, name, folded, position, enabled, inbox, channel, runs_on, condition, actions, edition, checked, hits, last_hit)
SELECT id, name, folded, position, enabled, inbox, channel, runs_on, condition, actions, edition, checked, hits, last_hit FROM rules_kept;
DROP TABLE rules_kept;

CREATE TABLE teams_kept AS SELECT * FROM teams;
DROP TABLE teams;
CREATE TABLE teams (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO teams (id, name, folded, created_at)
SELECT id, name, folded, created_at FROM teams_kept;
DROP TABLE teams_kept;

CREATE TABLE strategies_kept AS SELECT * FROM strategies;
DROP TABLE strategies;
CREATE TABLE strategies (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    otherwise  TEXT NOT NULL,
    turn       INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO strategies (id, name, folded, kind, otherwise, turn, created_at)
SELECT id, name, folded, kind, otherwise, turn, created_at FROM strategies_kept;
DROP TABLE strategies_kept;

DELETE FROM sqlite_sequence WHERE name IN ('inboxes', 'rules');
INSERT INTO sqlite_sequence (name, seq)
SELECT 'inboxes', max(coalesce((SELECT max(id) FROM inboxes), 0), coalesce((SELECT max(inbox) FROM events), 0));
INSERT INTO sqlite_sequence (name, seq)
SELECT 'rules', max(coalesce((SELECT max(id) FROM rules), 0), coalesce((SELECT max(rule) FROM rule_history), 0));

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
