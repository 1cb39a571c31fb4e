package registry

import (
	"context"
	"errors"
	"fmt"
)

// FormerID returns the number that was the entry's id before Cloudflare's ids became
// UUIDs in mid-2026: a manual entry has it as its external directory node id. It is ""
// where there is none.
func (e Entry) FormerID() ID { return formerID(e.ID, e.Values()) }

func formerID(id ID, v Values) ID {
	text, _ := v[FieldExternalDirectoryNodeID].(string)
	source, _ := v[FieldProvenance].(string)
	former, err := ParseID(text)
	if err != nil || !former.numeric() || id.numeric() || (source != "" && Provenance(source) != Manual) {
		return ""
	}
	return former
}

// numeric reports whether id is of the kind that Cloudflare gave before mid-2026.
func (id ID) numeric() bool { return id != "" && len(id) < 36 }

// idsOf returns the ids that the entry id with the values v has had, that of today first.
func idsOf(id ID, v Values) []ID {
	ids := []ID{}
	for _, id := range []ID{id, formerID(id, v)} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// EntryRecords returns the newest records of the entry e, under any id that it has had,
// at most limit (0 for all).
func (s *Service) EntryRecords(ctx context.Context, who Caller, e Entry, limit int) ([]Record, error) {
	if err := s.Authorize(ctx, who, ViewAudit); err != nil {
		return nil, err
	}
	var records []Record
	for _, id := range idsOf(e.ID, e.Values()) { // an id of today's came later than a former one
		left := 0
		if limit > 0 {
			if left = limit - len(records); left == 0 {
				break
			}
		}
		of, err := s.trail.Records(ctx, AuditQuery{Entry: id, Limit: left})
		if err != nil {
			return nil, unreadable(err)
		}
		records = append(records, of...)
	}
	return records, nil
}

// MovedError reports an id of the time before mid-2026 under which the API has no entry.
type MovedError struct {
	ID   ID     // the one that was asked for
	Now  ID     // the same entry's id today, "" when it was not found
	Last Values // the entry as the audit trail knows it last, nil when it doesn't
	Err  error  // of the look under ID; ErrNotFound is in its chain
}

func (e *MovedError) Error() string {
	return fmt.Sprintf("entry %s was looked for under its former id: %v", e.ID, e.Err)
}

func (e *MovedError) Unwrap() error { return e.Err }

// findMoved looks for the entry that had the id before ids became UUIDs: with one
// search, for the address that the audit trail knows it by. missing is
// the error of the look under id, and is returned as it is for other ids.
func (s *Service) findMoved(ctx context.Context, id ID, missing error) error {
	if !id.numeric() || !errors.Is(missing, ErrNotFound) {
		return missing
	}
	moved := &MovedError{ID: id, Err: missing}
	records, err := s.trail.Records(ctx, AuditQuery{Entry: id, Outcome: OutcomeDone, Limit: 1})
	if err != nil {
		s.log.WarnContext(ctx, "an entry with a former id could not be looked up in the audit trail", "entry", id, "error", err)
	}
	if len(records) == 0 {
		return moved
	}
	if moved.Last = records[0].After; moved.Last == nil {
		moved.Last = records[0].Before
	}
	email, _ := moved.Last[FieldEmail].(string)
	if email == "" {
		return moved
	}
	found, _, err := s.search(ctx, Query{Search: email, PerPage: MaxPerPage})
	if err != nil { // the id is gone all the same
		s.log.WarnContext(ctx, "an entry with a former id could not be looked for", "entry", id, "error", err)
	}
	for _, e := range found {
		if now, err := ParseID(string(e.ID)); err == nil && e.FormerID() == id {
			moved.Now = now
		}
	}
	return moved
}
