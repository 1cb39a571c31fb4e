package store

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"
)

const hashLength = 2 * sha256.Size

// row is a row of the table audit, with its buffers.
type row struct {
	seq, time, intent                        int64
	subject, email, action, entryID, outcome sql.RawBytes
	line, hash                               sql.RawBytes
	buf                                      []byte
}

func (r *row) scan(rows *sql.Rows) error {
	return rows.Scan(&r.seq, &r.time, &r.subject, &r.email, &r.action, &r.entryID, &r.intent, &r.outcome, &r.line, &r.hash)
}

// check returns the hash that the row names as the previous one, or what is wrong with the
// row itself.
func (r *row) check() (prev []byte, reason string) {
	sum := sha256.Sum256(r.line)
	r.buf = hex.AppendEncode(r.buf[:0], sum[:])
	if !bytes.Equal(r.buf, r.hash) {
		return nil, "changed: its hash is not that of its line"
	}
	if reason := r.compare(); reason != "" {
		return nil, reason
	}
	prev, ok := prevHash(r.line)
	if !ok {
		return nil, changedForm
	}
	return prev, ""
}

const changedForm = "changed: its line has not the canonical form"

// compare compares the columns with the line. It reads the members of the canonical form in
// their fixed order: decoding JSON would take most of the time of verifying.
func (r *row) compare() (reason string) {
	c := cursor{rest: r.line, ok: true}
	c.literal(`{"seq":`)
	seq := c.until(',')
	c.literal(`,"time":`)
	at := c.text()
	c.literal(`,"request_id":`)
	c.text()
	c.literal(`,"actor":{"issuer":`)
	c.text()
	c.literal(`,"subject":`)
	subject := c.text()
	c.literal(`,"email":`)
	email := c.text()
	c.literal(`,"role":`)
	c.text()
	c.literal(`,"auth":`)
	c.text()
	c.optional(`,"name":`)
	c.optional(`,"username":`)
	c.literal(`},"address":`)
	c.text()
	c.literal(`,"account_id":`)
	c.text()
	c.literal(`,"action":`)
	action := c.text()
	c.literal(`,"entry_id":`)
	entryID := c.text()
	c.literal(`,"intent":`)
	intent := c.until(',')
	c.literal(`,"outcome":`)
	outcome := c.text()
	c.literal(`,"before":`)
	if !c.ok {
		return changedForm
	}
	if r.buf = strconv.AppendInt(r.buf[:0], r.seq, 10); !bytes.Equal(r.buf, seq) {
		return "reordered: it is not in its place, its line is that of record " + string(seq)
	}
	r.buf = time.UnixMicro(r.time).UTC().AppendFormat(r.buf[:0], `"2006-01-02T15:04:05.000000Z"`)
	if !bytes.Equal(r.buf, at) {
		return differs("time")
	}
	if r.buf = strconv.AppendInt(r.buf[:0], r.intent, 10); !bytes.Equal(r.buf, intent) {
		return differs("intent")
	}
	switch {
	case !equal(subject, r.subject):
		return differs("subject")
	case !equal(email, r.email):
		return differs("email")
	case !equal(action, r.action):
		return differs("action")
	case !equal(entryID, r.entryID):
		return differs("entry_id")
	case !equal(outcome, r.outcome):
		return differs("outcome")
	}
	return ""
}

func differs(column string) string {
	return "changed: its column " + column + " differs from its line"
}

// equal reports whether a JSON string encodes value.
func equal(quoted, value []byte) bool {
	plain := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(plain, '\\') < 0 {
		return bytes.Equal(plain, value)
	}
	var s string
	return json.Unmarshal(quoted, &s) == nil && s == string(value)
}

// prevHash returns the hash in the last member of a canonical form.
func prevHash(line []byte) (hash []byte, ok bool) {
	const before, after = `,"prev_hash":"`, `"}`
	if len(line) < len(before)+hashLength+len(after) {
		return nil, false
	}
	rest, ok := bytes.CutSuffix(line, []byte(after))
	if !ok {
		return nil, false
	}
	if bytes.HasSuffix(rest, []byte(before)) {
		return nil, true
	}
	hash = rest[len(rest)-hashLength:]
	return hash, bytes.HasSuffix(rest[:len(rest)-hashLength], []byte(before))
}

// A cursor reads JSON without white space. ok is false after the first mismatch.
type cursor struct {
	rest []byte
	ok   bool
}

func (c *cursor) literal(s string) {
	if len(c.rest) < len(s) || string(c.rest[:len(s)]) != s {
		c.ok = false
		return
	}
	c.rest = c.rest[len(s):]
}

// optional reads a member that may be missing, and is a string.
func (c *cursor) optional(member string) {
	if bytes.HasPrefix(c.rest, []byte(member)) {
		c.literal(member)
		c.text()
	}
}

// text reads a string with its quotes.
func (c *cursor) text() []byte {
	if len(c.rest) == 0 || c.rest[0] != '"' {
		c.ok = false
		return nil
	}
	for i := 1; i < len(c.rest); i++ {
		n := bytes.IndexByte(c.rest[i:], '"')
		if n < 0 {
			break
		}
		i += n
		slashes := 0
		for c.rest[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			s := c.rest[:i+1]
			c.rest = c.rest[i+1:]
			return s
		}
	}
	c.ok = false
	return nil
}

func (c *cursor) until(end byte) []byte {
	n := bytes.IndexByte(c.rest, end)
	if n < 0 {
		c.ok = false
		return nil
	}
	s := c.rest[:n]
	c.rest = c.rest[n:]
	return s
}
