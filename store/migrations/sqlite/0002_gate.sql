-- +goose Up
-- The one row every program reads before it does anything else here. needs is
-- the first version of postroom that works with this schema; each migration
-- that comes later says it anew. phase is empty where this is the desk: not
-- while it is being moved in, and not after it has moved out. other is then
-- where it comes from or has gone, and move the name of that one move.
CREATE TABLE gate (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    needs TEXT NOT NULL,
    phase TEXT NOT NULL,
    other TEXT NOT NULL,
    move  TEXT NOT NULL
) STRICT;

INSERT INTO gate (id, needs, phase, other, move) VALUES (1, 'v0.2.0', '', '', '');
