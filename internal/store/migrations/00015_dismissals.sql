-- +goose Up
-- Findings that people have dismissed. A dismissal holds while the finding has the
-- fingerprint, and until a time, 0 for good. The person is JSON.
CREATE TABLE dismissals (
    account     TEXT   NOT NULL,
    finding     TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    until       BIGINT NOT NULL,
    dismissed   BIGINT NOT NULL,
    person      TEXT   NOT NULL,
    PRIMARY KEY (account, finding)
);
