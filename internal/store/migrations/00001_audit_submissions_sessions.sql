-- +goose Up
-- +goose StatementBegin

-- The records of the audit trail. line is the canonical form and says all; the
-- columns beside it are copies to search by. time is in microseconds since 1970.
CREATE TABLE audit (
    seq      BIGINT PRIMARY KEY,
    time     BIGINT NOT NULL,
    subject  TEXT NOT NULL,
    email    TEXT NOT NULL,
    action   TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    intent   BIGINT NOT NULL,
    outcome  TEXT NOT NULL,
    line     TEXT NOT NULL,
    hash     TEXT NOT NULL
);
CREATE INDEX audit_time ON audit (time, seq);
CREATE INDEX audit_subject ON audit (subject, seq);
CREATE INDEX audit_email ON audit (email, seq);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_outcome ON audit (outcome, seq);
CREATE INDEX audit_action_outcome ON audit (action, outcome, seq);
CREATE INDEX audit_entry ON audit (entry_id, seq) WHERE entry_id <> '';
CREATE INDEX audit_intent ON audit (intent, seq) WHERE intent <> 0;

-- The one row of audit_head is the end of the trail. Who appends changes it first,
-- and so waits for everybody else who does. latest is the highest time of all
-- records so far, lag the furthest that the time of one has been behind it.
CREATE TABLE audit_head (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    seq    BIGINT NOT NULL,
    hash   TEXT NOT NULL,
    latest BIGINT NOT NULL,
    lag    BIGINT NOT NULL
);
INSERT INTO audit_head (id, seq, hash, latest, lag) VALUES (1, 0, '', 0, 0);

-- The intents that have no final outcome yet.
CREATE TABLE open_intents (
    seq BIGINT PRIMARY KEY REFERENCES audit (seq)
);

CREATE TABLE submissions (
    key_hash       TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    email          TEXT NOT NULL,
    is_email_regex BOOLEAN NOT NULL,
    digest         TEXT NOT NULL,
    sent_at        BIGINT NOT NULL,
    intent         BIGINT NOT NULL,
    ended          BOOLEAN NOT NULL,
    created        TEXT NOT NULL
);
CREATE INDEX submissions_sent_at ON submissions (sent_at);
CREATE INDEX submissions_intent ON submissions (intent);

CREATE TABLE sessions (
    hash    TEXT PRIMARY KEY,
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    email   TEXT NOT NULL,
    name    TEXT NOT NULL,
    role    TEXT NOT NULL,
    auth    TEXT NOT NULL,
    address TEXT NOT NULL,
    browser TEXT NOT NULL,
    flash   TEXT NOT NULL, -- a JSON array of texts
    started BIGINT NOT NULL,
    seen    BIGINT NOT NULL
);
CREATE INDEX sessions_started ON sessions (started);
-- +goose StatementEnd
