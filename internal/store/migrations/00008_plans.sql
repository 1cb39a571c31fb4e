-- +goose Up
-- +goose StatementBegin

-- A plan is a list of operations on entries. Texts that are JSON are '' for nothing; those of
-- earlier versions begin with 'old:' and have another form.
CREATE TABLE plans (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL, -- '' for plans of earlier versions
    origin     TEXT NOT NULL,
    issuer     TEXT NOT NULL, -- the owner's
    subject    TEXT NOT NULL,
    owner      TEXT NOT NULL, -- as JSON, with the request
    undoes     TEXT NOT NULL, -- the plan that this one undoes, '' for none
    undone     BOOLEAN NOT NULL, -- another plan undoes this one
    query      TEXT NOT NULL, -- as JSON
    listed     BOOLEAN NOT NULL, -- all operations are known
    return_to  TEXT NOT NULL,
    state      TEXT NOT NULL,
    stop       TEXT NOT NULL, -- why it paused by itself, as JSON
    protection TEXT NOT NULL, -- what it does to names, as JSON
    created    BIGINT NOT NULL,
    changed    BIGINT NOT NULL,
    worker     TEXT NOT NULL, -- who works on it, in whatever state it is, until
    claimed    BIGINT NOT NULL
);
CREATE INDEX plans_owner ON plans (issuer, subject, created);
CREATE INDEX plans_created ON plans (created);
CREATE INDEX plans_active ON plans (claimed) WHERE state IN ('listing', 'running');
CREATE UNIQUE INDEX plans_undoes ON plans (undoes) WHERE undoes <> '' AND state <> 'cancelled';

CREATE TABLE plan_operations (
    plan          TEXT NOT NULL,
    position      BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    entry_id      TEXT NOT NULL, -- of a create: the deleted entry that it restores, or ''
    line          BIGINT NOT NULL, -- of the imported file, 0 for none
    before_values TEXT NOT NULL, -- as JSON
    after_values  TEXT NOT NULL, -- as JSON
    state         TEXT NOT NULL,
    fault         TEXT NOT NULL, -- as JSON
    record        BIGINT NOT NULL, -- the seq of the outcome, 0 for none
    created       TEXT NOT NULL, -- the id of the new entry
    create_key    TEXT NOT NULL, -- makes a create happen once
    intent        BIGINT NOT NULL, -- whose outcome is not known, 0 for none
    PRIMARY KEY (plan, position)
);
CREATE INDEX plan_operations_state ON plan_operations (plan, state, kind, position);
CREATE INDEX plan_operations_intent ON plan_operations (intent) WHERE intent <> 0;

INSERT INTO plans (id, account, origin, issuer, subject, owner, undoes, undone, query, listed, return_to, state, stop, protection, created, changed, worker, claimed)
SELECT id, '', CASE WHEN undoes <> '' THEN 'undo' WHEN query <> 'null' THEN 'search' ELSE 'selection' END, issuer, subject, 'old:' || owner, undoes, undone,
    CASE WHEN query = 'null' THEN '' ELSE 'old:' || query END, listed, back,
    CASE state WHEN 'planned' THEN 'draft' WHEN 'done' THEN 'done' ELSE 'paused' END,
    CASE WHEN stop = 'null' THEN '' ELSE 'old:' || stop END, '', made, changed, '', 0
FROM batches;

INSERT INTO plan_operations (plan, position, kind, entry_id, line, before_values, after_values, state, fault, record, created, create_key, intent)
SELECT i.batch, i.position, CASE WHEN b.undoes = '' THEN 'delete' ELSE 'create' END, i.entry_id, 0,
    CASE WHEN b.undoes <> '' OR i.before = 'null' THEN '' ELSE i.before END,
    CASE WHEN b.undoes = '' OR i.before = 'null' THEN '' ELSE i.before END,
    CASE i.state WHEN 'left_out' THEN 'skipped' ELSE i.state END,
    CASE WHEN i.fault = 'null' THEN '' ELSE 'old:' || i.fault END,
    CASE WHEN b.undoes = '' THEN i.record ELSE 0 END, i.made,
    CASE WHEN b.undoes = '' THEN '' WHEN i.record > 0 THEN 'undo ' || i.record ELSE 'undo ' || b.undoes || ' ' || i.position END, i.intent
FROM batch_items i JOIN batches b ON b.id = i.batch;

DROP TABLE batch_items;
DROP TABLE batches;
-- +goose StatementEnd
