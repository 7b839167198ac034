-- +goose Up
-- What a conversation is besides open or closed. A time before 1970 says nothing.
ALTER TABLE conversations ADD COLUMN team INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN tags TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN snoozed_until INTEGER NOT NULL DEFAULT -62135596800000;
ALTER TABLE conversations ADD COLUMN trashed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN ticket INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN stage INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN due_at INTEGER NOT NULL DEFAULT -62135596800000;
ALTER TABLE conversations ADD COLUMN due TEXT NOT NULL DEFAULT '';

-- Most conversations have none of these, and are in none of these indexes.
CREATE INDEX conversations_team_rank ON conversations (inbox, place, team, rank, id) WHERE team <> 0;
CREATE INDEX conversations_team_last ON conversations (inbox, place, team, last_at, id) WHERE team <> 0;
CREATE INDEX conversations_priority_rank ON conversations (inbox, place, priority, rank, id) WHERE priority <> 0;
CREATE INDEX conversations_priority_last ON conversations (inbox, place, priority, last_at, id) WHERE priority <> 0;
CREATE INDEX conversations_stage_rank ON conversations (inbox, place, stage, rank, id) WHERE stage <> 0;
CREATE INDEX conversations_due ON conversations (inbox, place, due_at, id) WHERE due_at > 0;
CREATE INDEX conversations_snoozed ON conversations (snoozed_until, id) WHERE snoozed_until > 0;

ALTER TABLE tallies ADD COLUMN snoozed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN trash INTEGER NOT NULL DEFAULT 0;

-- Words people sort conversations by. A tag stays when no conversation has it.
CREATE TABLE tags (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The tags of each conversation, with what a list is ordered by, so that the
-- conversations with a tag are one index range. The conversation's row has the
-- same words for whoever shows it.
CREATE TABLE conversation_tags (
    conversation INTEGER NOT NULL,
    tag          TEXT NOT NULL,
    inbox        INTEGER NOT NULL,
    place        TEXT NOT NULL,
    rank         INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    PRIMARY KEY (conversation, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_tags_rank ON conversation_tags (tag, inbox, place, rank, conversation);
CREATE INDEX conversation_tags_last ON conversation_tags (tag, inbox, place, last_at, conversation);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
