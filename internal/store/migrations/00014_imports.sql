-- +goose Up
-- What a plan remembers of its import, as JSON, '' for none.
ALTER TABLE plans ADD COLUMN import TEXT NOT NULL DEFAULT '';
-- Why an operation is left out, and by which rule a waiting one is dangerous; '' for neither.
ALTER TABLE plan_operations ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE plan_operations ADD COLUMN danger TEXT NOT NULL DEFAULT '';
CREATE INDEX plan_operations_marks ON plan_operations (plan, reason, danger, state) WHERE reason <> '' OR danger <> '';
