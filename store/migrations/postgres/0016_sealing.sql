-- +goose Up
-- The public half of the key that passwords and tokens are sealed with; empty
-- until one was named.
ALTER TABLE desk ADD COLUMN sealing_key TEXT NOT NULL DEFAULT '';

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
