-- +goose Up
-- +goose StatementBegin

-- The record of the pass that took the change for one made elsewhere, if it turned out later
-- to be one of Namesake's; 0 otherwise.
ALTER TABLE registry_changes ADD COLUMN found_by BIGINT NOT NULL DEFAULT 0;
CREATE INDEX registry_changes_record ON registry_changes (record);
CREATE INDEX registry_changes_found ON registry_changes (found_by) WHERE found_by <> 0;

-- The highest version of the deleted entries that were removed from mirror_entries.
ALTER TABLE mirrors ADD COLUMN forgotten BIGINT NOT NULL DEFAULT 0;
-- +goose StatementEnd
