-- +goose Up
-- What has been chosen about an inbox. Without a row, and where a value is
-- empty or 0, the default counts, so that a better default reaches every inbox
-- that nobody has touched.
CREATE TABLE inbox_settings (
    inbox     INTEGER PRIMARY KEY REFERENCES inboxes,
    from_name TEXT NOT NULL,
    signature TEXT NOT NULL,
    notify    TEXT NOT NULL,
    deputy    INTEGER NOT NULL
) STRICT;

-- What somebody has chosen for himself, wherever he works.
CREATE TABLE user_settings (
    user_id   INTEGER PRIMARY KEY REFERENCES users,
    signature TEXT NOT NULL
) STRICT;

-- Of what somebody wants to hear in an inbox, how, and in lines of how many
-- minutes. Without a row the inbox's default counts.
CREATE TABLE notify_rules (
    user_id INTEGER NOT NULL REFERENCES users,
    inbox   INTEGER NOT NULL REFERENCES inboxes,
    about   TEXT NOT NULL,
    ways    TEXT NOT NULL,
    every   INTEGER NOT NULL,
    PRIMARY KEY (user_id, inbox)
) STRICT, WITHOUT ROWID;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
