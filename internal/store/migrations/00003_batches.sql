-- +goose Up
-- +goose StatementBegin

CREATE TABLE batches (
    id      TEXT PRIMARY KEY,
    issuer  TEXT NOT NULL, -- the owner's
    subject TEXT NOT NULL,
    owner   TEXT NOT NULL, -- as JSON, with the request
    undoes  TEXT NOT NULL, -- the batch that this one undoes, '' for none
    query   TEXT NOT NULL, -- as JSON, null for entries that were picked
    listed  BOOLEAN NOT NULL,
    undone  BOOLEAN NOT NULL DEFAULT FALSE, -- another batch undoes this one
    back    TEXT NOT NULL,
    state   TEXT NOT NULL,
    stop    TEXT NOT NULL, -- a fault as JSON, null for none
    made    BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    runner  TEXT NOT NULL, -- whoever works on it, in whatever state it is, until
    leased  BIGINT NOT NULL
);
CREATE INDEX batches_owner ON batches (issuer, subject, made);
CREATE INDEX batches_made ON batches (made);
CREATE INDEX batches_moving ON batches (leased) WHERE state IN ('listing', 'running');
CREATE UNIQUE INDEX batches_undoes ON batches (undoes) WHERE undoes <> '';

CREATE TABLE batch_items (
    batch    TEXT NOT NULL,
    position BIGINT NOT NULL,
    entry_id TEXT NOT NULL,
    before   TEXT NOT NULL, -- the entry's values as JSON, null for not known
    state    TEXT NOT NULL,
    fault    TEXT NOT NULL, -- as JSON, null for none
    record   BIGINT NOT NULL,
    made     TEXT NOT NULL, -- the id of the new entry
    PRIMARY KEY (batch, position)
);
CREATE INDEX batch_items_state ON batch_items (batch, state, position);
CREATE UNIQUE INDEX batch_items_entry ON batch_items (batch, entry_id);
-- +goose StatementEnd
