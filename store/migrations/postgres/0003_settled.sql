-- +goose Up
-- What the server announced of a folder when everything in it was last found
-- here: one that announces the same has nothing new.
CREATE TABLE settled (
    folder      BIGINT PRIMARY KEY REFERENCES folders,
    uidvalidity BIGINT NOT NULL,
    messages    BIGINT NOT NULL,
    uidnext     BIGINT NOT NULL,
    modseq      BIGINT NOT NULL,
    at          BIGINT NOT NULL
);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
