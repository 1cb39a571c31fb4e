-- +goose Up
-- The tests that the owner of a plan accepts to break, as JSON, '' for none.
ALTER TABLE plans ADD COLUMN accepted_tests TEXT NOT NULL DEFAULT '';
