-- +goose Up
-- The lists of settings around each account's registry, as they were last read.
CREATE TABLE registry_settings (
    account  TEXT NOT NULL,
    list     TEXT NOT NULL, -- the last part of its path in the API
    content  TEXT NOT NULL DEFAULT '', -- as JSON, '' if it was never read
    version  BIGINT NOT NULL DEFAULT 0, -- increases with each change of a list
    read_at  BIGINT NOT NULL DEFAULT 0, -- when the content was read, 0 for never
    tried_at BIGINT NOT NULL DEFAULT 0, -- when it was last tried
    failure  TEXT NOT NULL DEFAULT '', -- why that failed, as JSON
    PRIMARY KEY (account, list)
);
-- Increases with each reading of these lists.
ALTER TABLE mirrors ADD COLUMN around BIGINT NOT NULL DEFAULT 0;
