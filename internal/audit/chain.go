package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// The audit chain.
//
// A record's canonical form is its line in /audit.jsonl without the last member: a JSON
// object on one line, with the members in the order of wireRecord below and prev_hash as
// its last. Its hash is the SHA-256 of these bytes, in lower-case hexadecimal. prev_hash is
// the hash of the previous record, and empty in the first record. The line is the canonical
// form with `,"hash":"…"` inserted before the closing brace. So an export and a SHA-256
// tool are enough to check the chain.

// timeFormat is RFC 3339 in UTC with exactly six digits, so that equal times have equal
// texts.
const timeFormat = "2006-01-02T15:04:05.000000Z"

// wireRecord is a record in JSON. The order of its fields is part of the
// canonical form and must not change.
type wireRecord struct {
	Seq        int64              `json:"seq"`
	Time       string             `json:"time"`
	RequestID  string             `json:"request_id"`
	Actor      wireActor          `json:"actor"`
	Address    string             `json:"address"`
	Account    registry.AccountID `json:"account_id"`
	Action     rbac.Action        `json:"action"`
	Entry      registry.ID        `json:"entry_id"`
	Intent     int64              `json:"intent"`
	Outcome    Outcome            `json:"outcome"`
	Before     registry.Values    `json:"before"`
	After      registry.Values    `json:"after"`
	Errors     []wireProblem      `json:"errors"`
	Messages   []wireProblem      `json:"messages"`
	Status     int                `json:"status"`
	Ray        string             `json:"cf_ray"`
	DurationMS float64            `json:"duration_ms"`
	// Older records lack this member; omitempty keeps their hashes valid.
	Confirmed []registry.Confirmation `json:"confirmed,omitempty"`
	PrevHash  string                  `json:"prev_hash"`
	Hash      string                  `json:"hash,omitempty"` // not part of the canonical form
}

type wireActor struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
	Email   string `json:"email"`
	Role    string `json:"role"`
	Auth    string `json:"auth"`
	// Members added later, left out when empty so that older records keep their hashes.
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
}

type wireProblem struct {
	Code             string        `json:"code"`
	Message          string        `json:"message"`
	DocumentationURL string        `json:"documentation_url,omitempty"`
	Source           *wireSource   `json:"source,omitempty"`
	Chain            []wireProblem `json:"error_chain,omitempty"`
}

type wireSource struct {
	Pointer string `json:"pointer"`
}

// Seal returns r as the successor of the record whose hash is prev, with its hash set, and
// its canonical form.
func (r Record) Seal(seq int64, prev string) (sealed Record, canonical []byte, err error) {
	r.Seq, r.PrevHash = seq, prev
	r.Time = r.Time.UTC().Truncate(time.Microsecond)
	canonical, err = r.canonical()
	if err != nil {
		return Record{}, nil, err
	}
	r.Hash = HashOf(canonical)
	return r, canonical, nil
}

func (r Record) canonical() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	who := r.Actor.Recorded()
	err := enc.Encode(wireRecord{
		Seq: r.Seq, Time: r.Time.Format(timeFormat), RequestID: r.RequestID,
		Actor:   wireActor{who.Issuer, who.Subject, who.Email, who.Role.String(), who.Auth, who.Name, who.Username},
		Address: r.Address, Account: r.Account, Action: r.Action, Entry: r.Entry, Intent: r.Intent, Outcome: r.Outcome,
		Before: r.Before, After: r.After, Errors: toWire(r.Errors), Messages: toWire(r.Messages),
		Status: r.Status, Ray: r.Ray, DurationMS: float64(r.Duration.Microseconds()) / 1000,
		Confirmed: r.Confirmed, PrevHash: r.PrevHash,
	})
	if err != nil {
		return nil, fmt.Errorf("canonical form of record %d: %w", r.Seq, err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// HashOf returns the hash of a canonical form.
func HashOf(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

// AppendLine appends the line of /audit.jsonl for a canonical form and its hash, without
// the newline.
func AppendLine(dst, canonical []byte, hash string) []byte {
	dst = append(dst, canonical[:len(canonical)-1]...)
	dst = append(dst, `,"hash":"`...)
	dst = append(dst, hash...)
	return append(dst, `"}`...)
}

// ParseRecord parses a canonical form or a line of /audit.jsonl.
func ParseRecord(line []byte) (Record, error) {
	var w wireRecord
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	if err := dec.Decode(&w); err != nil {
		return Record{}, fmt.Errorf("read audit record: %w", err)
	}
	at, err := time.Parse(timeFormat, w.Time)
	if err != nil {
		return Record{}, fmt.Errorf("read audit record %d: %w", w.Seq, err)
	}
	return Record{
		Seq: w.Seq, Time: at, RequestID: w.RequestID,
		Actor: rbac.Actor{
			Issuer: w.Actor.Issuer, Subject: w.Actor.Subject, Email: w.Actor.Email, Name: w.Actor.Name, Username: w.Actor.Username,
			Role: rbac.ParseRole(w.Actor.Role), Auth: w.Actor.Auth,
		},
		Address: w.Address, Account: w.Account, Action: w.Action, Entry: w.Entry, Intent: w.Intent, Outcome: w.Outcome,
		Before: w.Before.Integers(), After: w.After.Integers(), Errors: fromWire(w.Errors), Messages: fromWire(w.Messages),
		Status: w.Status, Ray: w.Ray, Duration: time.Duration(math.Round(w.DurationMS*1000)) * time.Microsecond,
		Confirmed: w.Confirmed, PrevHash: w.PrevHash, Hash: w.Hash,
	}, nil
}

func toWire(problems []registry.Problem) []wireProblem {
	out := make([]wireProblem, len(problems))
	for i, p := range problems {
		out[i] = wireProblem{Code: p.Code, Message: p.Message, DocumentationURL: p.DocumentationURL}
		if p.Pointer != "" {
			out[i].Source = &wireSource{p.Pointer}
		}
		if len(p.Chain) > 0 {
			out[i].Chain = toWire(p.Chain)
		}
	}
	return out
}

func fromWire(problems []wireProblem) []registry.Problem {
	var out []registry.Problem
	for _, p := range problems {
		q := registry.Problem{Code: p.Code, Message: p.Message, DocumentationURL: p.DocumentationURL, Chain: fromWire(p.Chain)}
		if p.Source != nil {
			q.Pointer = p.Source.Pointer
		}
		out = append(out, q)
	}
	return out
}
