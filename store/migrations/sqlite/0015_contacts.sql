-- +goose Up
-- What is known of who writes. listed is 1 once somebody has entered the
-- contact for the whole desk; before that only who sees a conversation of it
-- sees it. merged is the contact this one went into: its addresses and
-- conversations stay its own, so that undoing a merge is exact. A name that
-- mail brought stands in its conversations, where only those see it who may.
ALTER TABLE contacts ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN company INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN merged INTEGER NOT NULL DEFAULT 0;
UPDATE contacts SET name = '';

-- A contact's main address is its oldest.
ALTER TABLE contact_addresses ADD COLUMN since INTEGER NOT NULL DEFAULT 0;

CREATE INDEX contact_addresses_contact ON contact_addresses (contact);
CREATE INDEX contacts_merged ON contacts (merged) WHERE merged <> 0;
CREATE INDEX contacts_company ON contacts (company) WHERE company <> 0;

-- Who may see a contact, and what it has written.
CREATE INDEX conversations_contact ON conversations (contact, inbox) WHERE contact <> 0;

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

-- Whether mail makes contacts there.
ALTER TABLE inbox_settings ADD COLUMN contacts TEXT NOT NULL DEFAULT '';

UPDATE gate SET needs = 'v0.2.0' WHERE id = 1;
