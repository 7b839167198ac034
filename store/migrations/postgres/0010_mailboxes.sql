-- +goose Up
-- How the mailbox of an account is treated on its server: what is written back
-- there, and which folders are read (JSON; empty for INBOX, Sent and Junk).
CREATE TABLE mailboxes (
    account    BIGINT PRIMARY KEY REFERENCES accounts,
    write_back TEXT NOT NULL,
    folders    TEXT NOT NULL
);

-- Conversations whose mails on the server have to be brought in line with what
-- was done here. version grows with every change, so that one that comes while
-- an earlier one is being written is not lost; moves says that it was the place
-- of the conversation that changed.
CREATE TABLE mirror (
    account      BIGINT NOT NULL,
    conversation BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    moves        BIGINT NOT NULL,
    next_try     BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    last_error   TEXT NOT NULL,
    PRIMARY KEY (account, conversation)
);

-- The accounts that serve an inbox.
CREATE INDEX accounts_inbox ON accounts (inbox);

-- Where the mails of a conversation lie.
CREATE INDEX ledger_raw ON ledger (raw);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
