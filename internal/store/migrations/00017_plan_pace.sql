-- +goose Up
-- How many operations waited when the plan last started to run, which tells its pace.
ALTER TABLE plans ADD COLUMN to_run BIGINT NOT NULL DEFAULT 0;
