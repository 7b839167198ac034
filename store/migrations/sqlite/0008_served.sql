-- +goose Up
-- The inboxes that an account served before its present one: a mail belongs to
-- the one of its time, whenever it is fetched.
CREATE TABLE served (
    account INTEGER NOT NULL REFERENCES accounts,
    until   INTEGER NOT NULL,
    inbox   INTEGER NOT NULL REFERENCES inboxes,
    PRIMARY KEY (account, until)
) STRICT, WITHOUT ROWID;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
