-- The schema of a desk, as it is today. Databases are made by migrations/;
-- a test holds the two together, so this page can be read and trusted.
--
-- Times are Unix milliseconds in UTC; a time that is not set is the year 1
-- (-62135596800000), which every comparison reads as "long ago". Flags are 0
-- and 1. 0 in a reference means none, as in package desk, so only references
-- that are always there are foreign keys. Lists of addresses are JSON.

-- The one row every program reads before it does anything else here. needs is
-- the first version of postroom that works with this schema; each migration
-- that comes later says it anew. phase is empty where this is the desk: not
-- while it is being moved in, and not after it has moved out. other is then
-- where it comes from or has gone, and move the name of that one move.
CREATE TABLE gate (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    needs TEXT NOT NULL,
    phase TEXT NOT NULL,
    other TEXT NOT NULL,
    move  TEXT NOT NULL
) STRICT;

INSERT INTO gate (id, needs, phase, other, move) VALUES (1, 'v0.2.0', '', '', '');

-- The one row of the desk itself: the journal's last sequence number and the
-- next small number of a conversation, taken in the transaction that uses
-- them, the key of the thread tokens, and the public half of the key that
-- passwords and tokens are sealed with, empty until one was named.
CREATE TABLE desk (
    id                INTEGER PRIMARY KEY CHECK (id = 1),
    seq               INTEGER NOT NULL,
    next_conversation INTEGER NOT NULL,
    token_key         BLOB,
    sealing_key       TEXT NOT NULL DEFAULT ''
) STRICT;

INSERT INTO desk (id, seq, next_conversation) VALUES (1, 0, 1);

-- One row for each open store, with the number of its last transaction. After
-- a COMMIT that failed it tells whether the transaction is there all the same.
CREATE TABLE marks (
    handle INTEGER PRIMARY KEY,
    mark   INTEGER NOT NULL,
    at     INTEGER NOT NULL
) STRICT;

-- People who work at the desk. folded is the login as it is compared, of one
-- who was removed something nobody can type. email is where an invited user
-- was written to. A time before 1970 says nothing.
CREATE TABLE users (
    id          INTEGER PRIMARY KEY,
    login       TEXT NOT NULL,
    folded      TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL,
    disabled_at INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    email         TEXT NOT NULL DEFAULT '',
    pending_since INTEGER NOT NULL DEFAULT -62135596800000,
    removed_at    INTEGER NOT NULL DEFAULT -62135596800000
) STRICT;

-- The code with which an invited user shows that he is who was meant: never
-- itself, only what tells whether it is right. outgoing is the mail with it.
CREATE TABLE codes (
    user_id    INTEGER PRIMARY KEY REFERENCES users,
    mac        BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    outgoing   INTEGER NOT NULL
) STRICT;

-- Where conversations live. joined_to is the inbox that this one went into; it
-- stays for what the journal says of it, with a folded name nobody can type. The
-- id of one that is gone altogether is no other's, for the journal has it.
CREATE TABLE inboxes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    owner      INTEGER NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    joined_to  INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Groups of users.
CREATE TABLE teams (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
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

-- Looks of admins into personal inboxes: who, why, and for how long. While one
-- is not over he is among the members, and may only see.
CREATE TABLE glass (
    id      INTEGER PRIMARY KEY,
    inbox   INTEGER NOT NULL REFERENCES inboxes,
    user_id INTEGER NOT NULL REFERENCES users,
    reason  TEXT NOT NULL,
    since   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    ended   INTEGER NOT NULL
) STRICT;

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

-- How far somebody has come in connecting a mailbox, as JSON: what he has said,
-- and never a password.
CREATE TABLE setups (
    user_id    INTEGER PRIMARY KEY REFERENCES users,
    state      TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- What has been chosen about an inbox. Without a row, and where a value is
-- empty or 0, the default counts, so that a better default reaches every inbox
-- that nobody has touched.
CREATE TABLE inbox_settings (
    inbox     INTEGER PRIMARY KEY REFERENCES inboxes,
    from_name TEXT NOT NULL,
    signature TEXT NOT NULL,
    notify    TEXT NOT NULL,
    deputy    INTEGER NOT NULL,
    contacts  TEXT NOT NULL DEFAULT '',
    tickets_off INTEGER NOT NULL DEFAULT 0,
    tickets_in INTEGER NOT NULL DEFAULT 0,
    tickets_stage INTEGER NOT NULL DEFAULT 0,
    logging TEXT NOT NULL DEFAULT '',
    falling INTEGER NOT NULL DEFAULT 0,
    give_back INTEGER NOT NULL DEFAULT 0
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

-- Credentials for mailboxes, and the lease of the process that serves each.
-- The row of a disconnected account stays without its secret: messages keep
-- saying where they came from. Ids are never given out twice.
CREATE TABLE accounts (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    inbox            INTEGER NOT NULL REFERENCES inboxes,
    address          TEXT NOT NULL,
    imap             TEXT NOT NULL,
    smtp             TEXT NOT NULL,
    ca               TEXT NOT NULL,
    username         TEXT NOT NULL,
    secret           BLOB,
    password_command TEXT NOT NULL,
    auth_serv_id     TEXT NOT NULL,
    plus_addressing  INTEGER NOT NULL,
    files_sent       INTEGER NOT NULL,
    cut_off          INTEGER NOT NULL,
    state            TEXT NOT NULL,
    cause            TEXT NOT NULL,
    since            INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    connected        INTEGER NOT NULL DEFAULT 1,
    holder           TEXT NOT NULL DEFAULT '',
    fence            INTEGER NOT NULL DEFAULT 0,
    until            INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What this desk is called at the providers that sign its accounts in. endpoints
-- is what a provider has said of itself, empty for those the program knows.
CREATE TABLE oauth_clients (
    provider   TEXT PRIMARY KEY,
    client_id  TEXT NOT NULL,
    secret     BLOB,
    tenant     TEXT NOT NULL,
    endpoints  TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    ca         TEXT NOT NULL,
    since      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The accounts that sign in with tokens. sealed is NULL while nobody has signed
-- in; version grows with each new set of tokens. asking is who asks the provider
-- for the next, since asked_at; that stays when the answer was lost.
CREATE TABLE tokens (
    account    INTEGER PRIMARY KEY REFERENCES accounts,
    provider   TEXT NOT NULL,
    person     TEXT NOT NULL,
    granted_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    sealed     BLOB,
    asking     TEXT NOT NULL,
    asked_at   INTEGER NOT NULL
) STRICT;

-- An address has one holder in the whole desk; this key is the promise. kind is
-- what it is to its account; verified_at is when it was shown that it may be
-- written from.
CREATE TABLE addresses (
    folded      TEXT PRIMARY KEY,
    address     TEXT NOT NULL,
    account     INTEGER NOT NULL REFERENCES accounts,
    kind        TEXT NOT NULL,
    since       INTEGER NOT NULL,
    verified_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX addresses_account ON addresses (account);

-- The inboxes that an account served before its present one: a mail belongs to
-- the one of its time, whenever it is fetched.
CREATE TABLE served (
    account INTEGER NOT NULL REFERENCES accounts,
    until   INTEGER NOT NULL,
    inbox   INTEGER NOT NULL REFERENCES inboxes,
    PRIMARY KEY (account, until)
) STRICT, WITHOUT ROWID;

-- Folders of accounts and how far each has been read. Ids are never given out
-- twice, because the ledger outlives a disconnected account.
CREATE TABLE folders (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     INTEGER NOT NULL REFERENCES accounts,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uidnext     INTEGER NOT NULL,
    backfilled  INTEGER NOT NULL,
    modseq      INTEGER NOT NULL,
    UNIQUE (account, name)
) STRICT;

-- What the server announced of a folder when everything in it was last found
-- here: one that announces the same has nothing new.
CREATE TABLE settled (
    folder      INTEGER PRIMARY KEY REFERENCES folders,
    uidvalidity INTEGER NOT NULL,
    messages    INTEGER NOT NULL,
    uidnext     INTEGER NOT NULL,
    modseq      INTEGER NOT NULL,
    at          INTEGER NOT NULL
) STRICT;

-- Mail as it came, the truth everything else is derived from. The same bytes
-- are kept once in an inbox, whatever folder or epoch they turn up in again.
CREATE TABLE raws (
    id      INTEGER PRIMARY KEY,
    inbox   INTEGER NOT NULL REFERENCES inboxes,
    account INTEGER NOT NULL,
    role    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    sha256  BLOB NOT NULL,
    size    INTEGER NOT NULL,
    parsed  INTEGER NOT NULL DEFAULT 0,
    UNIQUE (inbox, sha256)
) STRICT;

-- What a crash left between keeping and parsing is found here.
CREATE INDEX raws_unparsed ON raws (parsed, at, id) WHERE parsed = 0;

-- The compressed bytes of raws, at most a megabyte of mail in each row.
-- id = raw << 20 | number of the piece.
CREATE TABLE chunks (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- What has been fetched: one row for each UID, forever. It answers "do we have
-- it" and survives the message's removal from the server.
CREATE TABLE ledger (
    folder      INTEGER NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    raw         INTEGER NOT NULL REFERENCES raws,
    seen        INTEGER NOT NULL,
    answered    INTEGER NOT NULL,
    gone_at     INTEGER NOT NULL,
    PRIMARY KEY (folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

-- The accounts that serve an inbox.
CREATE INDEX accounts_inbox ON accounts (inbox);

-- Where the mails of a conversation lie.
CREATE INDEX ledger_raw ON ledger (raw);

-- How the mailbox of an account is treated on its server: what is written back
-- there, and which folders are read (JSON; empty for INBOX, Sent and Junk).
CREATE TABLE mailboxes (
    account    INTEGER PRIMARY KEY REFERENCES accounts,
    write_back TEXT NOT NULL,
    folders    TEXT NOT NULL
) STRICT;

-- Conversations whose mails on the server have to be brought in line with what
-- was done here. version grows with every change, so that one that comes while
-- an earlier one is being written is not lost; moves says that it was the place
-- of the conversation that changed.
CREATE TABLE mirror (
    account      INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    moves        INTEGER NOT NULL,
    next_try     INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    last_error   TEXT NOT NULL,
    PRIMARY KEY (account, conversation)
) STRICT, WITHOUT ROWID;

-- People who write to the desk. listed is 1 once somebody has entered the
-- contact for the whole desk; before that only who sees a conversation of it
-- sees it. merged is the contact this one went into: its addresses and
-- conversations stay its own, so that undoing a merge is exact. A name that
-- mail brought stands in its conversations, where only those see it who may.
CREATE TABLE contacts (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    owner   INTEGER NOT NULL DEFAULT 0,
    company INTEGER NOT NULL DEFAULT 0,
    listed  INTEGER NOT NULL DEFAULT 0,
    merged  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX contacts_merged ON contacts (merged) WHERE merged <> 0;
CREATE INDEX contacts_company ON contacts (company) WHERE company <> 0;

-- A contact's addresses, its main one the oldest; each belongs to one contact.
CREATE TABLE contact_addresses (
    folded  TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    contact INTEGER NOT NULL REFERENCES contacts,
    since   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_addresses_contact ON contact_addresses (contact);

-- Companies. One that the domain of an address has brought has no name of its
-- own; before it gets one it is seen by who sees a contact of it.
CREATE TABLE companies (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL,
    owner      INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX companies_folded ON companies (folded) WHERE folded <> '';

-- The domains of a company's addresses; each belongs to one company.
CREATE TABLE company_domains (
    domain  TEXT PRIMARY KEY,
    company INTEGER NOT NULL REFERENCES companies
) STRICT, WITHOUT ROWID;

CREATE INDEX company_domains_company ON company_domains (company);

-- Deals that somebody has entered. ref is what another system calls the deal.
-- amount is in hundredths of the currency; without a currency there is none.
CREATE TABLE deals (
    id         INTEGER PRIMARY KEY,
    ref        TEXT NOT NULL,
    name       TEXT NOT NULL,
    company    INTEGER NOT NULL,
    contact    INTEGER NOT NULL,
    owner      INTEGER NOT NULL,
    stage      TEXT NOT NULL,
    open       INTEGER NOT NULL,
    amount     INTEGER NOT NULL,
    currency   TEXT NOT NULL,
    active_at  INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- The open deals of a contact or a company, the most recently active last.
CREATE INDEX deals_contact ON deals (contact, active_at) WHERE open = 1;
CREATE INDEX deals_company ON deals (company, active_at) WHERE open = 1;

-- The materialised row of a conversation: all a list shows. place and rank are
-- derived (desk.Conversation) so that a page of any view is one index range;
-- the place of a conversation that joined another is 'joined', in no view. due_at
-- and due are of the most urgent clock that runs. A time before 1970 says nothing.
CREATE TABLE conversations (
    id               INTEGER PRIMARY KEY,
    inbox            INTEGER NOT NULL REFERENCES inboxes,
    place            TEXT NOT NULL,
    rank             INTEGER NOT NULL,
    last_at          INTEGER NOT NULL,
    assignee         INTEGER NOT NULL,
    status           TEXT NOT NULL,
    spam             INTEGER NOT NULL,
    contact          INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    last             INTEGER NOT NULL,
    last_in          INTEGER NOT NULL,
    waiting_since    INTEGER NOT NULL,
    messages         INTEGER NOT NULL,
    attachments      INTEGER NOT NULL,
    touched          INTEGER NOT NULL,
    answered_outside INTEGER NOT NULL,
    joined_to        INTEGER NOT NULL,
    related_to       INTEGER NOT NULL,
    subject          TEXT NOT NULL,
    who              TEXT NOT NULL,
    snippet          TEXT NOT NULL,
    team             INTEGER NOT NULL DEFAULT 0,
    priority         INTEGER NOT NULL DEFAULT 0,
    tags             TEXT NOT NULL DEFAULT '',
    snoozed_until    INTEGER NOT NULL DEFAULT -62135596800000,
    trashed          INTEGER NOT NULL DEFAULT 0,
    ticket           INTEGER NOT NULL DEFAULT 0,
    stage            INTEGER NOT NULL DEFAULT 0,
    due_at           INTEGER NOT NULL DEFAULT -62135596800000,
    due              TEXT NOT NULL DEFAULT '',
    due_state        TEXT NOT NULL DEFAULT '',
    urgency          INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX conversations_rank ON conversations (inbox, place, rank, id);
CREATE INDEX conversations_last ON conversations (inbox, place, last_at, id);
CREATE INDEX conversations_assignee_rank ON conversations (inbox, place, assignee, rank, id);
CREATE INDEX conversations_assignee_last ON conversations (inbox, place, assignee, last_at, id);

-- Who may see a contact, and what it has written.
CREATE INDEX conversations_contact ON conversations (contact, inbox) WHERE contact <> 0;

-- Most conversations have none of these, and are in none of these indexes.
CREATE INDEX conversations_team_rank ON conversations (inbox, place, team, rank, id) WHERE team <> 0;
CREATE INDEX conversations_team_last ON conversations (inbox, place, team, last_at, id) WHERE team <> 0;
CREATE INDEX conversations_priority_rank ON conversations (inbox, place, priority, rank, id) WHERE priority <> 0;
CREATE INDEX conversations_priority_last ON conversations (inbox, place, priority, last_at, id) WHERE priority <> 0;
CREATE INDEX conversations_stage_rank ON conversations (inbox, place, stage, rank, id) WHERE stage <> 0;
-- urgency is the order of a list by priority: the most urgent first, and of
-- those the longest waiting.
CREATE INDEX conversations_urgency ON conversations (inbox, place, urgency, id);
CREATE INDEX conversations_assignee_urgency ON conversations (inbox, place, assignee, urgency, id);
CREATE INDEX conversations_due ON conversations (inbox, place, due_at, id) WHERE due_at > 0;
CREATE INDEX conversations_snoozed ON conversations (snoozed_until, id) WHERE snoozed_until > 0;

-- Words people sort conversations by. A tag stays when no conversation has it.
CREATE TABLE tags (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The tags of each conversation, with what a list is ordered by, so that the
-- conversations with a tag are one index range. The conversation's row has the
-- same words for whoever shows it.
CREATE TABLE conversation_tags (
    conversation INTEGER NOT NULL,
    tag          TEXT NOT NULL,
    inbox        INTEGER NOT NULL,
    place        TEXT NOT NULL,
    rank         INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    PRIMARY KEY (conversation, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_tags_rank ON conversation_tags (tag, inbox, place, rank, conversation);
CREATE INDEX conversation_tags_last ON conversation_tags (tag, inbox, place, last_at, conversation);

-- The numbers of each inbox, kept in the transaction of every change, so that
-- nobody ever counts. who is a user, 0 for nobody, -1 for all together, or -1
-- less the number of a team for what it has and none of its people.
CREATE TABLE tallies (
    inbox  INTEGER NOT NULL REFERENCES inboxes,
    who    INTEGER NOT NULL,
    open   INTEGER NOT NULL,
    owed   INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    spam   INTEGER NOT NULL,
    snoozed INTEGER NOT NULL DEFAULT 0,
    trash  INTEGER NOT NULL DEFAULT 0,
    soon    INTEGER NOT NULL DEFAULT 0,
    overdue INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (inbox, who)
) STRICT, WITHOUT ROWID;

-- How many tickets of an inbox are in each place of each stage, kept with every
-- change.
CREATE TABLE stage_tallies (
    stage INTEGER NOT NULL,
    inbox INTEGER NOT NULL REFERENCES inboxes,
    place TEXT NOT NULL,
    n     INTEGER NOT NULL,
    PRIMARY KEY (inbox, stage, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX stage_tallies_stage ON stage_tallies (stage);

-- The ways tickets go. main is 1 for the one that is the default; reopen is what
-- a mail to a closed ticket does (desk.Reopen). Ids are never given out twice:
-- inboxes go on naming a pipeline that is gone.
CREATE TABLE pipelines (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    main       INTEGER NOT NULL,
    reopen     INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Where a ticket stands in its pipeline (desk.Stage), in their order.
CREATE TABLE stages (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline  INTEGER NOT NULL REFERENCES pipelines,
    position  INTEGER NOT NULL,
    name      TEXT NOT NULL,
    closed    INTEGER NOT NULL,
    pauses    INTEGER NOT NULL,
    on_answer INTEGER NOT NULL,
    on_reply  INTEGER NOT NULL
) STRICT;

-- What a ticket has besides its conversation's row. before is the stage it had
-- when it was closed, follow_up the ticket that a mail to it has begun then;
-- fields are the values of ticket_fields, as JSON.
CREATE TABLE tickets (
    conversation INTEGER PRIMARY KEY,
    category     TEXT NOT NULL,
    fields       TEXT NOT NULL,
    made_at      INTEGER NOT NULL,
    closed_at    INTEGER NOT NULL,
    before       INTEGER NOT NULL,
    follow_up    INTEGER NOT NULL
) STRICT;

CREATE INDEX tickets_made ON tickets (made_at, conversation);

-- What this desk keeps of its tickets besides. choices is a JSON list.
CREATE TABLE ticket_fields (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL,
    folded  TEXT NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    choices TEXT NOT NULL
) STRICT;

-- The inboxes conversations were in before they were moved: mail that answers
-- them still comes there.
CREATE TABLE moved (
    conversation INTEGER NOT NULL,
    inbox        INTEGER NOT NULL,
    PRIMARY KEY (conversation, inbox)
) STRICT, WITHOUT ROWID;

CREATE INDEX moved_inbox ON moved (inbox);

-- How many tickets are in a stage, wherever they are.
CREATE INDEX conversations_stage ON conversations (stage) WHERE stage <> 0;

-- How far each user has read each conversation.
CREATE TABLE reads (
    user_id      INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    up_to        INTEGER NOT NULL,
    PRIMARY KEY (user_id, conversation)
) STRICT, WITHOUT ROWID;

-- When each user last did something at the desk: in an inbox, or (inbox 0) in
-- none. An hour is exact enough, so that work is not slowed by noting it.
CREATE TABLE visits (
    user_id INTEGER NOT NULL,
    inbox   INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (user_id, inbox)
) STRICT, WITHOUT ROWID;

-- Messages without their texts. Ids are in date order. raw is unique: that is
-- how parsing a mail twice does no harm.
CREATE TABLE messages (
    id           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    inbox        INTEGER NOT NULL,
    account      INTEGER NOT NULL,
    raw          INTEGER NOT NULL,
    direction    TEXT NOT NULL,
    at           INTEGER NOT NULL,
    author       INTEGER NOT NULL,
    outgoing     INTEGER NOT NULL,
    unreadable   INTEGER NOT NULL,
    auth_failed  INTEGER NOT NULL,
    sent_at      INTEGER NOT NULL,
    attachments  INTEGER NOT NULL,
    auto         TEXT NOT NULL,
    sender       TEXT NOT NULL,
    message_id   TEXT NOT NULL,
    subject      TEXT NOT NULL
) STRICT;

CREATE INDEX messages_conversation ON messages (conversation, id);
CREATE UNIQUE INDEX messages_raw ON messages (raw) WHERE raw <> 0;
CREATE INDEX messages_message_id ON messages (inbox, message_id, id) WHERE message_id <> '';

-- The newest mail of an account, in and out.
CREATE INDEX messages_account ON messages (account, direction, id) WHERE account <> 0;

-- Mail that could not be read.
CREATE INDEX messages_unreadable ON messages (inbox, id) WHERE unreadable = 1;

-- The texts and addresses of messages, out of the way of everything that only
-- counts or sorts. head is what a list of messages does not show, as JSON.
CREATE TABLE bodies (
    message   INTEGER PRIMARY KEY,
    head      TEXT NOT NULL,
    text      TEXT NOT NULL,
    quoted    TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;

-- Which messages refer to which Message-ID: how a late parent finds its
-- answers.
CREATE TABLE refs (
    inbox   INTEGER NOT NULL,
    ref     TEXT NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (inbox, ref, message)
) STRICT, WITHOUT ROWID;

-- The addresses that wrote or got messages of a conversation, folded, and how
-- many each: threading and the guard for new recipients ask here.
CREATE TABLE participants (
    conversation INTEGER NOT NULL,
    address      TEXT NOT NULL,
    messages     INTEGER NOT NULL,
    PRIMARY KEY (conversation, address)
) STRICT, WITHOUT ROWID;

-- What was attached to messages. The bytes are in the raw mail.
CREATE TABLE attachments (
    message      INTEGER NOT NULL,
    n            INTEGER NOT NULL,
    filename     TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size         INTEGER NOT NULL,
    sha256       TEXT NOT NULL,
    content_id   TEXT NOT NULL,
    inline       INTEGER NOT NULL,
    PRIMARY KEY (message, n)
) STRICT, WITHOUT ROWID;

-- Texts for the team. They share the ids of messages and nothing else, so that
-- no query for a mail can meet one.
CREATE TABLE notes (
    id           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    inbox        INTEGER NOT NULL,
    author       INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    hidden       INTEGER NOT NULL,
    text         TEXT NOT NULL
) STRICT;

CREATE INDEX notes_conversation ON notes (conversation, id);

-- Full text. The row id is the id of a message or note, so that "newest first"
-- reads the index backwards and sorts nothing. The texts themselves are not
-- kept a second time. scope is the inbox's number, and "n" for a note; every
-- search names the inboxes it may look into.
CREATE VIRTUAL TABLE search USING fts5 (
    scope, subject, sender, recipients, body, files,
    content='', contentless_delete=1, prefix='2 3',
    tokenize="porter unicode61 remove_diacritics 2"
);

-- A batch of mails becomes one segment of the index instead of several, and
-- segments are merged half as often: a fifth less work for the same answers.
INSERT INTO search (search, rank) VALUES ('hashsize', 8388608), ('automerge', 8);

-- What somebody is writing: one for each author, conversation and kind. The
-- conversation of a new mail is 0.
CREATE TABLE drafts (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    author       INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    inbox        INTEGER NOT NULL,
    account      INTEGER NOT NULL,
    recipients   TEXT NOT NULL,
    subject      TEXT NOT NULL,
    text         TEXT NOT NULL,
    version      INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    UNIQUE (author, conversation, kind)
) STRICT;

-- Who else is writing an answer to a conversation.
CREATE INDEX drafts_conversation ON drafts (conversation, updated_at) WHERE conversation <> 0;

-- Outgoing mail and where it stands. due_at is the later of the end of its
-- hold and its next try; fence is the lease it was claimed under.
CREATE TABLE outbox (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL,
    inbox        INTEGER NOT NULL,
    account      INTEGER NOT NULL,
    author       INTEGER NOT NULL,
    message      INTEGER NOT NULL,
    state        TEXT NOT NULL,
    hold_until   INTEGER NOT NULL,
    next_try     INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    fence        INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    last_error   TEXT NOT NULL,
    header_id    TEXT NOT NULL,
    envelope     TEXT NOT NULL,
    subject      TEXT NOT NULL,
    text         TEXT NOT NULL
) STRICT;

CREATE INDEX outbox_state ON outbox (account, state, id);
CREATE INDEX outbox_waiting ON outbox (account, id) WHERE state IN ('queued', 'deferred');
CREATE INDEX outbox_unsettled ON outbox (inbox, id) WHERE state NOT IN ('accepted', 'cancelled');
CREATE INDEX outbox_settled ON outbox (inbox, id) WHERE state IN ('accepted', 'cancelled');
CREATE INDEX outbox_header_id ON outbox (header_id);
CREATE INDEX outbox_message ON outbox (message);

-- The exact bytes handed to the server, from just before the final dot on.
CREATE TABLE outbox_raws (
    outgoing INTEGER PRIMARY KEY,
    data     BLOB NOT NULL
) STRICT;

-- Work on the mail server that follows from a committed change. None of it
-- can repeat a send. Ids are never given out twice.
CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    outgoing   INTEGER NOT NULL,
    next_try   INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    UNIQUE (kind, outgoing)
) STRICT;

CREATE INDEX jobs_account ON jobs (account, id);

-- Who can be given work, and when: one row for each user of whom something was
-- said. off and hours are JSON. seen_at is kept only while idle is set.
CREATE TABLE availability (
    user_id    INTEGER PRIMARY KEY REFERENCES users,
    away       INTEGER NOT NULL,
    away_by    INTEGER NOT NULL,
    away_since INTEGER NOT NULL,
    off        TEXT NOT NULL,
    hours      TEXT NOT NULL,
    idle       INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    capacity   INTEGER NOT NULL,
    share      INTEGER NOT NULL
) STRICT;

-- Named ways to find who gets a conversation. otherwise is JSON: what is tried
-- when nobody was found. turn counts what it has given.
CREATE TABLE strategies (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    otherwise  TEXT NOT NULL,
    turn       INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Whom a strategy chooses among: users and teams.
CREATE TABLE strategy_targets (
    strategy INTEGER NOT NULL REFERENCES strategies,
    n        INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    target   INTEGER NOT NULL,
    PRIMARY KEY (strategy, n)
) STRICT, WITHOUT ROWID;

-- When a strategy has last given something to a user: what its turn was then.
CREATE TABLE strategy_turns (
    strategy INTEGER NOT NULL REFERENCES strategies,
    user_id  INTEGER NOT NULL,
    turn     INTEGER NOT NULL,
    PRIMARY KEY (strategy, user_id)
) STRICT, WITHOUT ROWID;

-- Who gets the new conversations of an inbox, or of one address of it, where
-- that was decided: a strategy, or -1 for whoever takes them. address is folded,
-- and empty for the inbox as a whole.
CREATE TABLE routings (
    inbox    INTEGER NOT NULL REFERENCES inboxes,
    address  TEXT NOT NULL,
    strategy INTEGER NOT NULL,
    PRIMARY KEY (inbox, address)
) STRICT, WITHOUT ROWID;

-- Conversations nobody could be found for; chain is JSON, what is tried again.
CREATE TABLE waiting (
    conversation INTEGER PRIMARY KEY,
    inbox        INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    chain        TEXT NOT NULL,
    without      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX waiting_since ON waiting (since, conversation);

-- Who has a conversation while its customer waits, since when he does nothing,
-- whether he was warned, and when to look next.
CREATE TABLE silences (
    conversation INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    warned       INTEGER NOT NULL,
    look_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX silences_look ON silences (look_at, conversation);

-- Who was handed a conversation to answer, and until when nobody else is.
CREATE TABLE handed (
    conversation INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    passed       INTEGER NOT NULL
) STRICT;

CREATE INDEX handed_user ON handed (user_id);

-- How much a user has over all inboxes is the sum of his few rows.
CREATE INDEX tallies_who ON tallies (who);

-- The journal: append only, without gaps, in the order of the commits. Only
-- undone is ever changed, and conversation when two join. undoable marks what
-- an undo can still take back.
CREATE TABLE events (
    seq          INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    actor        TEXT NOT NULL,
    user_id      INTEGER NOT NULL,
    login        TEXT NOT NULL,
    kind         TEXT NOT NULL,
    inbox        INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    message      INTEGER NOT NULL,
    before       TEXT,
    after        TEXT,
    batch        TEXT NOT NULL,
    undone       INTEGER NOT NULL,
    undoable     INTEGER NOT NULL
) STRICT;

CREATE INDEX events_conversation ON events (conversation, seq) WHERE conversation <> 0;
CREATE INDEX events_undoable ON events (user_id, seq) WHERE undoable = 1;
CREATE INDEX events_batch ON events (batch, seq) WHERE batch <> '';

-- Backups and sign-offs are looked for by their kind.
CREATE INDEX events_upkeep ON events (kind, seq) WHERE kind IN ('backed up', 'signed off');

-- Rules as they are now; position is their order, inbox 0 is all shared ones.
-- checked is how far in time a rule that waits for time has looked.
CREATE TABLE rules (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    name      TEXT NOT NULL,
    folded    TEXT NOT NULL UNIQUE,
    position  INTEGER NOT NULL,
    enabled   INTEGER NOT NULL,
    inbox     INTEGER NOT NULL,
    channel   TEXT NOT NULL,
    runs_on   TEXT NOT NULL,
    condition TEXT NOT NULL,
    actions   TEXT NOT NULL,
    edition   INTEGER NOT NULL,
    checked   INTEGER NOT NULL,
    hits      INTEGER NOT NULL,
    last_hit  INTEGER NOT NULL
) STRICT;

-- Every change of the rules, from which they are known as they were at any
-- time. data is the rule after the change, or the order.
CREATE TABLE rule_history (
    edition INTEGER PRIMARY KEY,
    rule    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    login   TEXT NOT NULL,
    change  TEXT NOT NULL,
    data    TEXT NOT NULL
) STRICT;

CREATE INDEX rule_history_rule ON rule_history (rule, edition);

-- For what each rule has run: it does so once.
CREATE TABLE rule_hits (
    rule         INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    occasion     TEXT NOT NULL,
    mark         INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (rule, conversation, occasion, mark)
) STRICT, WITHOUT ROWID;

-- What rules were asked, with all that explains it later.
CREATE TABLE rule_runs (
    id           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    message      INTEGER NOT NULL,
    runs_on      TEXT NOT NULL,
    at           INTEGER NOT NULL,
    edition      INTEGER NOT NULL,
    facts        TEXT NOT NULL,
    acted        TEXT NOT NULL
) STRICT;

CREATE INDEX rule_runs_conversation ON rule_runs (conversation, id);

-- When teams work, as JSON. Each version is a row that stays, because clocks run
-- by it; line is the first of them, and current marks the one that counts.
CREATE TABLE calendars (
    id      INTEGER PRIMARY KEY,
    line    INTEGER NOT NULL,
    version INTEGER NOT NULL,
    name    TEXT NOT NULL,
    folded  TEXT NOT NULL,
    spec    TEXT NOT NULL,
    since   INTEGER NOT NULL,
    current INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX calendars_name ON calendars (folded) WHERE current = 1;

-- What is promised to tickets, in versions like calendars; terms are JSON.
CREATE TABLE policies (
    id       INTEGER PRIMARY KEY,
    line     INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    name     TEXT NOT NULL,
    folded   TEXT NOT NULL,
    position INTEGER NOT NULL,
    terms    TEXT NOT NULL,
    since    INTEGER NOT NULL,
    current  INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX policies_name ON policies (folded) WHERE current = 1;

-- The clocks of tickets, the newest of each kind. policy and calendar are the
-- versions they go by, goal and warn nanoseconds of working time, pauses JSON;
-- told is what the journal says of it, tell_at when there is more to say.
CREATE TABLE clocks (
    conversation INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    policy       INTEGER NOT NULL,
    calendar     INTEGER NOT NULL,
    goal         INTEGER NOT NULL,
    warn         INTEGER NOT NULL,
    started      INTEGER NOT NULL,
    pauses       TEXT NOT NULL,
    stopped      INTEGER NOT NULL,
    warn_at      INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    told         TEXT NOT NULL,
    tell_at      INTEGER NOT NULL,
    PRIMARY KEY (conversation, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX clocks_tell ON clocks (tell_at, conversation, kind) WHERE tell_at > 0;

-- When a sender last had an automatic answer from an inbox.
CREATE TABLE auto_answers (
    inbox   INTEGER NOT NULL,
    address TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (inbox, address)
) STRICT, WITHOUT ROWID;

-- Where a rule has last found a captured text in a machine's mail.
CREATE TABLE captures (
    inbox        INTEGER NOT NULL,
    sender       TEXT NOT NULL,
    text         TEXT NOT NULL,
    conversation INTEGER NOT NULL,
    PRIMARY KEY (inbox, sender, text)
) STRICT, WITHOUT ROWID;

-- Calls that rules want made, until they were.
CREATE TABLE hooks (
    id           INTEGER PRIMARY KEY,
    rule         INTEGER NOT NULL,
    name         TEXT NOT NULL,
    inbox        INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    url          TEXT NOT NULL,
    body         TEXT NOT NULL,
    next_try     INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX hooks_due ON hooks (next_try, id);

-- With whom the mail of personal inboxes is not logged: an address, or a domain
-- as @acme.test, with its sub-domains. user_id 0 is the desk's list, others are
-- of the mail of one user. whole is 1 where a mail that names it is logged with
-- nobody at all.
CREATE TABLE never_log (
    user_id  INTEGER NOT NULL,
    address  TEXT NOT NULL,
    whole    INTEGER NOT NULL,
    added_by INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (user_id, address)
) STRICT, WITHOUT ROWID;

-- Conversations whose owner has said that they are logged with nobody.
CREATE TABLE log_off (
    conversation INTEGER PRIMARY KEY
) STRICT;

-- Senders whose mail is never spam, or always: an address, or a domain as
-- @acme.test, with its sub-domains. inbox 0 is all shared ones.
CREATE TABLE known_senders (
    inbox   INTEGER NOT NULL,
    address TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (inbox, address)
) STRICT, WITHOUT ROWID;
