-- +goose Up
-- The inboxes that an account served before its present one: a mail belongs to
-- the one of its time, whenever it is fetched.
CREATE TABLE served (
    account BIGINT NOT NULL REFERENCES accounts,
    until   BIGINT NOT NULL,
    inbox   BIGINT NOT NULL REFERENCES inboxes,
    PRIMARY KEY (account, until)
);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
