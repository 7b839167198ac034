-- +goose Up
-- After how many minutes without an answer what nobody has is falling through:
-- 0 by default, -1 never.
ALTER TABLE inbox_settings ADD COLUMN falling INTEGER NOT NULL DEFAULT 0;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
