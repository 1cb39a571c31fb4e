-- +goose Up
-- +goose StatementBegin

-- end_reason: why a session ended, '' while it is open and for sessions of earlier versions.
ALTER TABLE sessions ADD COLUMN end_reason TEXT NOT NULL DEFAULT '';
CREATE INDEX sessions_person ON sessions (issuer, subject, started);
-- +goose StatementEnd
