-- +goose Up
-- The inbox that this one went into; 0 for all there are. One that is gone stays
-- for what the journal says of it, with a folded name nobody can type.
ALTER TABLE inboxes ADD COLUMN joined_to BIGINT NOT NULL DEFAULT 0;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
