-- +goose Up
-- The ways tickets go. main is 1 for the one that is the default; reopen is what
-- a mail to a closed ticket does (desk.Reopen). Ids are never given out twice:
-- inboxes go on naming a pipeline that is gone.
CREATE TABLE pipelines (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    main       INTEGER NOT NULL,
    reopen     INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Where a ticket stands in its pipeline (desk.Stage), in their order.
CREATE TABLE stages (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline  INTEGER NOT NULL REFERENCES pipelines,
    position  INTEGER NOT NULL,
    name      TEXT NOT NULL,
    closed    INTEGER NOT NULL,
    pauses    INTEGER NOT NULL,
    on_answer INTEGER NOT NULL,
    on_reply  INTEGER NOT NULL
) STRICT;

-- What a ticket has besides its conversation's row. before is the stage it had
-- when it was closed, follow_up the ticket that a mail to it has begun then;
-- fields are the values of ticket_fields, as JSON.
CREATE TABLE tickets (
    conversation INTEGER PRIMARY KEY,
    category     TEXT NOT NULL,
    fields       TEXT NOT NULL,
    made_at      INTEGER NOT NULL,
    closed_at    INTEGER NOT NULL,
    before       INTEGER NOT NULL,
    follow_up    INTEGER NOT NULL
) STRICT;

-- What this desk keeps of its tickets besides. choices is a JSON list.
CREATE TABLE ticket_fields (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL,
    folded  TEXT NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    choices TEXT NOT NULL
) STRICT;

-- The inboxes conversations were in before they were moved: mail that answers
-- them still comes there.
CREATE TABLE moved (
    conversation INTEGER NOT NULL,
    inbox        INTEGER NOT NULL,
    PRIMARY KEY (conversation, inbox)
) STRICT, WITHOUT ROWID;

CREATE INDEX moved_inbox ON moved (inbox);

-- How many tickets are in a stage, wherever they are.
CREATE INDEX conversations_stage ON conversations (stage) WHERE stage <> 0;

ALTER TABLE inbox_settings ADD COLUMN tickets_off INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox_settings ADD COLUMN tickets_in INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox_settings ADD COLUMN tickets_stage INTEGER NOT NULL DEFAULT 0;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
