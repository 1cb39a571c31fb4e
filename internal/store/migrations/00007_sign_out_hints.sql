-- +goose Up
-- +goose StatementBegin

-- hint: the ID token that signing out of the sign-in service takes, sealed with the
-- session keys; '' for none. It is removed when the session ends.
ALTER TABLE sessions ADD COLUMN hint TEXT NOT NULL DEFAULT '';
-- +goose StatementEnd
