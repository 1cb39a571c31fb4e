-- +goose Up
-- The words by which a record is found: the entry's names and addresses, the person and the
-- request, in the form in which they are compared. They are copies from the record's line;
-- the program adds those that are missing when it starts.
CREATE TABLE audit_words (
    seq   BIGINT PRIMARY KEY REFERENCES audit (seq) ON DELETE CASCADE,
    words TEXT NOT NULL
);
