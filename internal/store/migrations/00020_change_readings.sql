-- +goose Up
-- When the pass that found the change started to read the registry; 0 for a change made
-- through Namesake, and for those that were found before this column.
ALTER TABLE registry_changes ADD COLUMN read_from BIGINT NOT NULL DEFAULT 0;
