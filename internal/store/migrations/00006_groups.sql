-- +goose Up
-- +goose StatementBegin

-- member_of: the groups that the person was in at sign-in, a JSON array of texts; null
-- in sessions from before, which therefore end. role is that of sign-in: none marks a
-- refusal that is remembered, and those from before are looked up again.
ALTER TABLE sessions ADD COLUMN member_of TEXT NOT NULL DEFAULT 'null';
ALTER TABLE sessions ADD COLUMN username TEXT NOT NULL DEFAULT '';
DELETE FROM sessions WHERE role = 'none';

-- What the sign-in services call people who have no e-mail address there, to search the
-- trail by.
CREATE TABLE usernames (
    username TEXT NOT NULL,
    subject  TEXT NOT NULL,
    PRIMARY KEY (username, subject)
);
-- +goose StatementEnd
