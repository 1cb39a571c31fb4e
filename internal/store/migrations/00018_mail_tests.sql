-- +goose Up
-- Tests that people write: mail that shows a name and comes from an address must be flagged,
-- or must pass. The id is that of the mail. The person is JSON.
CREATE TABLE mail_tests (
    account TEXT   NOT NULL,
    id      TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    email   TEXT   NOT NULL,
    expect  TEXT   NOT NULL,
    note    TEXT   NOT NULL,
    created BIGINT NOT NULL,
    person  TEXT   NOT NULL,
    PRIMARY KEY (account, id)
);
