-- +goose Up
-- After how many minutes in which who has it does nothing a conversation goes
-- back to the queue; 0 never.
ALTER TABLE inbox_settings ADD COLUMN give_back INTEGER NOT NULL DEFAULT 0;

-- Who had it and did nothing, to whom it is not given again by itself; 0 nobody.
ALTER TABLE waiting ADD COLUMN without INTEGER NOT NULL DEFAULT 0;

-- Who has a conversation while its customer waits, since when he does nothing,
-- whether he was warned, and when to look next.
CREATE TABLE silences (
    conversation INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    warned       INTEGER NOT NULL,
    look_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX silences_look ON silences (look_at, conversation);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
