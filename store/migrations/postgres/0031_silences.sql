-- +goose Up
-- After how many minutes in which who has it does nothing a conversation goes
-- back to the queue; 0 never.
ALTER TABLE inbox_settings ADD COLUMN give_back BIGINT NOT NULL DEFAULT 0;

-- Who had it and did nothing, to whom it is not given again by itself; 0 nobody.
ALTER TABLE waiting ADD COLUMN without BIGINT NOT NULL DEFAULT 0;

-- Who has a conversation while its customer waits, since when he does nothing,
-- whether he was warned, and when to look next.
CREATE TABLE silences (
    conversation BIGINT PRIMARY KEY,
    user_id      BIGINT NOT NULL,
    since        BIGINT NOT NULL,
    warned       BIGINT NOT NULL,
    look_at      BIGINT NOT NULL
);

CREATE INDEX silences_look ON silences (look_at, conversation);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
