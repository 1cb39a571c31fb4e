-- +goose Up
-- +goose StatementBegin

-- The copy of each account's registry. Every change of the copy increases version.
CREATE TABLE mirrors (
    account  TEXT PRIMARY KEY,
    version  BIGINT NOT NULL DEFAULT 0,
    changes  BIGINT NOT NULL DEFAULT 0, -- the newest seq in registry_changes
    since    BIGINT NOT NULL DEFAULT 0, -- from when on registry_changes is complete, 0 before the first pass
    read_at  BIGINT NOT NULL DEFAULT 0, -- when the last complete pass started, 0 for none
    took     BIGINT NOT NULL DEFAULT 0, -- how long that pass took
    too_long BIGINT NOT NULL DEFAULT 0, -- entries that are too long to be read
    tried_at BIGINT NOT NULL DEFAULT 0, -- when the last pass ended, complete or not
    failure  TEXT NOT NULL DEFAULT ''   -- why that pass was not complete, as JSON
);

CREATE TABLE mirror_entries (
    account  TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    entry    TEXT NOT NULL, -- as JSON; of a deleted entry, as it was last
    gone     BOOLEAN NOT NULL,
    version  BIGINT NOT NULL, -- the version of the copy at which the row last changed
    changed  BIGINT NOT NULL, -- when Namesake learned of that change
    PRIMARY KEY (account, entry_id)
);
CREATE INDEX mirror_entries_version ON mirror_entries (account, version);

CREATE TABLE registry_changes (
    account    TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    entry_id   TEXT NOT NULL,
    kind       TEXT NOT NULL, -- created, edited or deleted
    made_by    TEXT NOT NULL, -- here or elsewhere
    name       TEXT NOT NULL, -- the folded names before and after, on a line each
    old        TEXT NOT NULL, -- the entry before as JSON, '' for none
    new        TEXT NOT NULL, -- the entry after
    last_seen  BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    record     BIGINT NOT NULL, -- the audit record
    PRIMARY KEY (account, seq)
);
CREATE INDEX registry_changes_entry ON registry_changes (account, entry_id, seq);
CREATE INDEX registry_changes_time ON registry_changes (account, first_seen);
-- +goose StatementEnd
