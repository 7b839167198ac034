-- +goose Up
-- Ids are given out once, which identity columns always did
-- here; the step is the one of SQLite.
UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
