-- +goose Up
-- When each user last did something at the desk: in an inbox, or (inbox 0) in
-- none. An hour is exact enough, so that work is not slowed by noting it.
CREATE TABLE visits (
    user_id INTEGER NOT NULL,
    inbox   INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (user_id, inbox)
) STRICT, WITHOUT ROWID;

-- What is known of the time before: who has read a mail was here after it came.
INSERT INTO visits (user_id, inbox, at)
SELECT r.user_id, c.inbox, (max(r.up_to) / 1048576) * 1000 FROM reads r
JOIN conversations c ON c.id = r.conversation GROUP BY r.user_id, c.inbox;

-- The newest mail of an account, in and out.
CREATE INDEX messages_account ON messages (account, direction, id) WHERE account <> 0;

-- Mail that could not be read.
CREATE INDEX messages_unreadable ON messages (inbox, id) WHERE unreadable = 1;

-- Backups and sign-offs are looked for by their kind.
CREATE INDEX events_upkeep ON events (kind, seq) WHERE kind IN ('backed up', 'signed off');

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
