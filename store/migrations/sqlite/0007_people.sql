-- +goose Up
-- Groups of users.
CREATE TABLE teams (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

-- Who is in which team.
CREATE TABLE team_members (
    team    INTEGER NOT NULL REFERENCES teams,
    user_id INTEGER NOT NULL REFERENCES users,
    PRIMARY KEY (team, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX team_members_user ON team_members (user_id, team);

-- Who has been let into a shared inbox, and what he may do there besides
-- seeing: a user, a team, or everyone, whose grantee is 0.
CREATE TABLE grants (
    inbox     INTEGER NOT NULL REFERENCES inboxes,
    kind      TEXT NOT NULL,
    grantee   INTEGER NOT NULL,
    reply     INTEGER NOT NULL,
    assign    INTEGER NOT NULL,
    configure INTEGER NOT NULL,
    since     INTEGER NOT NULL,
    PRIMARY KEY (inbox, kind, grantee)
) STRICT, WITHOUT ROWID;

CREATE INDEX grants_grantee ON grants (kind, grantee);

-- Until now a member could do all but change the inbox.
INSERT INTO grants (inbox, kind, grantee, reply, assign, configure, since)
SELECT m.inbox, 'user', m.user_id, 1, 1, 0, i.created_at
FROM members m JOIN inboxes i ON i.id = m.inbox WHERE i.kind = 'shared' AND i.owner <> m.user_id;

DROP TABLE members;

-- Who sees what is in an inbox, the predicate that is joined into every query
-- for a viewer, and what he may do there. Derived from whose inbox it is, from
-- grants and from roles, in the transaction that changes one of them.
CREATE TABLE members (
    user_id   INTEGER NOT NULL REFERENCES users,
    inbox     INTEGER NOT NULL REFERENCES inboxes,
    reply     INTEGER NOT NULL,
    assign    INTEGER NOT NULL,
    configure INTEGER NOT NULL,
    PRIMARY KEY (user_id, inbox)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_inbox ON members (inbox, user_id);

INSERT INTO members (user_id, inbox, reply, assign, configure)
SELECT a.user_id, a.inbox, max(a.reply), max(a.assign), max(a.configure)
FROM (
    SELECT owner AS user_id, id AS inbox, 1 AS reply, 1 AS assign, 1 AS configure FROM inboxes
    UNION ALL SELECT grantee, inbox, reply, assign, configure FROM grants
    UNION ALL SELECT u.id, i.id, 0, 0, 1 FROM users u CROSS JOIN inboxes i WHERE u.role = 'admin' AND i.kind = 'shared'
) a JOIN users u ON u.id = a.user_id
WHERE u.disabled_at < 0 GROUP BY a.user_id, a.inbox;

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
