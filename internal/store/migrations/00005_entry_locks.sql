-- +goose Up
-- +goose StatementBegin

-- entry_lock is the account and the entry that an intent keeps other changes away from,
-- until it has an outcome, even an unknown one; '' for none.
ALTER TABLE open_intents ADD COLUMN entry_lock TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX open_intents_entry_lock ON open_intents (entry_lock) WHERE entry_lock <> '';

-- The one row of write_checks is written to find out whether the database can be written.
CREATE TABLE write_checks (
    id      BIGINT PRIMARY KEY CHECK (id = 1),
    checked BIGINT NOT NULL,
    filler  TEXT NOT NULL -- as long as a record, while it is written
);
INSERT INTO write_checks (id, checked, filler) VALUES (1, 0, '');
-- +goose StatementEnd
