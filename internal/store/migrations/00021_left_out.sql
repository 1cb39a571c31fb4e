-- +goose Up
-- The entries of which the last passes left out a change, as a JSON object: for each id the
-- time in microseconds since 1970 when the registry was last read before.
ALTER TABLE mirrors ADD COLUMN left_out TEXT NOT NULL DEFAULT '';
