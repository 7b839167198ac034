-- +goose Up
-- What this desk is called at the providers that sign its accounts in. endpoints
-- is what a provider has said of itself, empty for those the program knows.
CREATE TABLE oauth_clients (
    provider   TEXT PRIMARY KEY,
    client_id  TEXT NOT NULL,
    secret     BYTEA,
    tenant     TEXT NOT NULL,
    endpoints  TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    ca         TEXT NOT NULL,
    since      BIGINT NOT NULL
);

-- The accounts that sign in with tokens. sealed is NULL while nobody has signed
-- in; version grows with each new set of tokens. asking is who asks the provider
-- for the next, since asked_at; that stays when the answer was lost.
CREATE TABLE tokens (
    account    BIGINT PRIMARY KEY REFERENCES accounts,
    provider   TEXT NOT NULL,
    person     TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    sealed     BYTEA,
    asking     TEXT NOT NULL,
    asked_at   BIGINT NOT NULL
);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
