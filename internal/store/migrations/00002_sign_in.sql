-- +goose Up
-- +goose StatementBegin

-- expires: when the proof that a session rests on does, 0 for none. A session that
-- has ended is kept at least until then, so that the proof does not open another.
ALTER TABLE sessions ADD COLUMN expires BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN ended BIGINT NOT NULL DEFAULT 0; -- 0 while it goes on
DROP INDEX sessions_started;
CREATE INDEX sessions_open ON sessions (started) WHERE ended = 0;
CREATE INDEX sessions_ended ON sessions (ended) WHERE ended <> 0;

CREATE TABLE kept_forms (
    id_hash   TEXT PRIMARY KEY,
    issuer    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    path      TEXT NOT NULL,
    form      TEXT NOT NULL, -- as a browser sends it
    kept      BIGINT NOT NULL
);
CREATE INDEX kept_forms_kept ON kept_forms (kept);
CREATE INDEX kept_forms_subject ON kept_forms (subject, kept);

CREATE TABLE session_keys (
    seq    BIGINT PRIMARY KEY,
    secret TEXT NOT NULL, -- base64
    made   BIGINT NOT NULL
);
-- +goose StatementEnd
