-- +goose Up
-- +goose StatementBegin

-- answered is when the call of an open intent was answered, or when nobody waited for
-- its answer any more; 0 for not known. happened tells that the API said that the change
-- was made.
ALTER TABLE open_intents ADD COLUMN answered BIGINT NOT NULL DEFAULT 0;
ALTER TABLE open_intents ADD COLUMN happened BOOLEAN NOT NULL DEFAULT FALSE;

-- identity is the same for creates of the same name and address; '' for not known.
ALTER TABLE submissions ADD COLUMN identity TEXT NOT NULL DEFAULT '';
CREATE INDEX submissions_identity ON submissions (identity, sent_at) WHERE identity <> '';

-- intent is the seq of the intent of an item whose outcome was not known; 0 for none.
ALTER TABLE batch_items ADD COLUMN intent BIGINT NOT NULL DEFAULT 0;
CREATE INDEX batch_items_intent ON batch_items (intent) WHERE intent <> 0;
-- +goose StatementEnd
