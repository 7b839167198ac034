-- +goose Up
-- Rules as they are now; position is their order, inbox 0 is all shared ones.
-- checked is how far in time a rule that waits for time has looked.
CREATE TABLE rules (
    id        INTEGER PRIMARY KEY,
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

-- Every change of the rules, from which they are known as they were at any
-- time. data is the rule after the change, or the order.
CREATE TABLE rule_history (
    edition INTEGER PRIMARY KEY,
    rule    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    login   TEXT NOT NULL,
    change  TEXT NOT NULL,
    data    TEXT NOT NULL
) STRICT;

CREATE INDEX rule_history_rule ON rule_history (rule, edition);

-- For what each rule has run: it does so once.
CREATE TABLE rule_hits (
    rule         INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    occasion     TEXT NOT NULL,
    mark         INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (rule, conversation, occasion, mark)
) STRICT, WITHOUT ROWID;

-- What rules were asked, with all that explains it later.
CREATE TABLE rule_runs (
    id           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    message      INTEGER NOT NULL,
    runs_on      TEXT NOT NULL,
    at           INTEGER NOT NULL,
    edition      INTEGER NOT NULL,
    facts        TEXT NOT NULL,
    acted        TEXT NOT NULL
) STRICT;

CREATE INDEX rule_runs_conversation ON rule_runs (conversation, id);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
