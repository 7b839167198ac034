-- +goose Up
-- An account gets further addresses besides the one it is connected with. The
-- table is made anew, because it is small and reads as one piece that way.
CREATE TABLE former AS SELECT folded, address, account, since FROM addresses;

DROP TABLE addresses;

-- An address has one holder in the whole desk; this key is the promise. kind is
-- what it is to its account; verified_at is when it was shown that it may be
-- written from.
CREATE TABLE addresses (
    folded      TEXT COLLATE "C" PRIMARY KEY,
    address     TEXT NOT NULL,
    account     BIGINT NOT NULL REFERENCES accounts,
    kind        TEXT NOT NULL,
    since       BIGINT NOT NULL,
    verified_at BIGINT NOT NULL
);

CREATE INDEX addresses_account ON addresses (account);

INSERT INTO addresses (folded, address, account, kind, since, verified_at)
    SELECT folded, address, account, 'primary', since, since FROM former;

DROP TABLE former;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
