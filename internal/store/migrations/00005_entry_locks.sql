-- +goose Up
-- +goose StatementBegin

-- entry_lock is the account and the entry that an intent keeps other changes away from,
-- until it has an outcome, even an unknown one; '' for none.
ALTER TABLE open_intents ADD COLUMN entry_lock TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX open_intents_entry_lock ON open_intents (entry_lock) WHERE entry_lock <> '';
-- +goose StatementEnd
