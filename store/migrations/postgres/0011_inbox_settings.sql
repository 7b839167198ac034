-- +goose Up
-- What has been chosen about an inbox. Without a row, and where a value is
-- empty or 0, the default counts, so that a better default reaches every inbox
-- that nobody has touched.
CREATE TABLE inbox_settings (
    inbox     BIGINT PRIMARY KEY REFERENCES inboxes,
    from_name TEXT NOT NULL,
    signature TEXT NOT NULL,
    notify    TEXT NOT NULL,
    deputy    BIGINT NOT NULL
);

-- What somebody has chosen for himself, wherever he works.
CREATE TABLE user_settings (
    user_id   BIGINT PRIMARY KEY REFERENCES users,
    signature TEXT NOT NULL
);

-- Of what somebody wants to hear in an inbox, how, and in lines of how many
-- minutes. Without a row the inbox's default counts.
CREATE TABLE notify_rules (
    user_id BIGINT NOT NULL REFERENCES users,
    inbox   BIGINT NOT NULL REFERENCES inboxes,
    about   TEXT NOT NULL,
    ways    TEXT NOT NULL,
    every   BIGINT NOT NULL,
    PRIMARY KEY (user_id, inbox)
);

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
