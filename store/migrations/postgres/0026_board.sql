-- +goose Up
-- How many tickets of an inbox are in each place of each stage, kept with every
-- change.
CREATE TABLE stage_tallies (
    stage BIGINT NOT NULL,
    inbox BIGINT NOT NULL REFERENCES inboxes,
    place TEXT NOT NULL,
    n     BIGINT NOT NULL,
    PRIMARY KEY (inbox, stage, place)
);

CREATE INDEX stage_tallies_stage ON stage_tallies (stage);

INSERT INTO stage_tallies (stage, inbox, place, n)
    SELECT stage, inbox, place, count(*) FROM conversations WHERE stage <> 0 AND place <> 'joined' GROUP BY stage, inbox, place;

-- The order of a list by priority: the most urgent first, and of those the
-- longest waiting.
ALTER TABLE conversations ADD COLUMN urgency BIGINT NOT NULL DEFAULT 0;

UPDATE conversations SET urgency = (4 - priority) * 4503599627370496 + rank;

CREATE INDEX conversations_urgency ON conversations (inbox, place, urgency, id);
CREATE INDEX conversations_assignee_urgency ON conversations (inbox, place, assignee, urgency, id);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
