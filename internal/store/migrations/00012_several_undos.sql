-- +goose Up
-- Several plans may undo parts of one plan: operations that settled after the first one was
-- made, or that a cancelled one has not undone.
DROP INDEX plans_undoes;
CREATE INDEX plans_undoes ON plans (undoes) WHERE undoes <> '';
