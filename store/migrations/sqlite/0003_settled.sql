-- +goose Up
-- What the server announced of a folder when everything in it was last found
-- here: one that announces the same has nothing new.
CREATE TABLE settled (
    folder      INTEGER PRIMARY KEY REFERENCES folders,
    uidvalidity INTEGER NOT NULL,
    messages    INTEGER NOT NULL,
    uidnext     INTEGER NOT NULL,
    modseq      INTEGER NOT NULL,
    at          INTEGER NOT NULL
) STRICT;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
