package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// oldForm precedes JSON in the form stored before there were plans.
const oldForm = "old:"

// ownerRow is the stored form of a plan's owner.
type ownerRow struct {
	Issuer    string `json:"issuer"`
	Subject   string `json:"subject"`
	Email     string `json:"email,omitempty"`
	Name      string `json:"name,omitempty"`
	Username  string `json:"username,omitempty"`
	Role      string `json:"role"`
	Auth      string `json:"auth,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Address   string `json:"address,omitempty"`
}

func ownerRowOf(c rbac.Caller) ownerRow {
	return ownerRow{c.Issuer, c.Subject, c.Email, c.Name, c.Username, c.Role.String(), c.Auth, c.RequestID, c.Address}
}

func (r ownerRow) caller() rbac.Caller {
	return rbac.Caller{
		Actor:     rbac.Actor{Issuer: r.Issuer, Subject: r.Subject, Email: r.Email, Name: r.Name, Username: r.Username, Role: rbac.ParseRole(r.Role), Auth: r.Auth},
		RequestID: r.RequestID, Address: r.Address,
	}
}

// parseOwner parses an owner.
func parseOwner(text string) (rbac.Caller, error) {
	old, isOld := strings.CutPrefix(text, oldForm)
	if !isOld {
		var row ownerRow
		err := json.Unmarshal([]byte(text), &row)
		return row.caller(), err
	}
	var row struct {
		Issuer, Subject, Email, Name, Username, Auth, RequestID, Address string
		Role                                                             rbac.Role
	}
	err := json.Unmarshal([]byte(old), &row)
	return ownerRow{row.Issuer, row.Subject, row.Email, row.Name, row.Username, row.Role.String(), row.Auth, row.RequestID, row.Address}.caller(), err
}

// queryRow is the stored form of a plan's query: only what selects entries, not their
// order.
type queryRow struct {
	Search        string    `json:"search,omitempty"`
	Provenance    string    `json:"provenance,omitempty"`
	IsEmailRegex  *bool     `json:"is_email_regex,omitempty"`
	HasComments   *bool     `json:"has_comments,omitempty"`
	ModifiedSince time.Time `json:"modified_since,omitzero"`
	Severity      string    `json:"severity,omitempty"`
	Rule          string    `json:"rule,omitempty"`
}

// queryText encodes a query, "" for none.
func queryText(q *registry.Query) (string, error) {
	if q == nil {
		return "", nil
	}
	return jsonText(queryRow{q.Search, string(q.Provenance), q.IsEmailRegex, q.HasComments, q.ModifiedSince, q.Severity, q.Rule})
}

// parsePlanQuery decodes a query. The old form differs only in the case of the field names,
// which the decoder ignores.
func parsePlanQuery(text string) (*registry.Query, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	var row queryRow
	if err := json.Unmarshal([]byte(strings.TrimPrefix(text, oldForm)), &row); err != nil {
		return nil, err
	}
	return &registry.Query{
		Search: row.Search, Provenance: registry.Provenance(row.Provenance),
		IsEmailRegex: row.IsEmailRegex, HasComments: row.HasComments, ModifiedSince: row.ModifiedSince,
		Severity: row.Severity, Rule: row.Rule,
	}, nil
}

// jsonText encodes values without a column of their own. JSON escapes characters that
// PostgreSQL refuses.
func jsonText(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// optionalJSON is jsonText, with "" for nil.
func optionalJSON[T any](v *T) (string, error) {
	if v == nil {
		return "", nil
	}
	return jsonText(v)
}

func parseOptional[T any](text string) (*T, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	v := new(T)
	return v, json.Unmarshal([]byte(text), v)
}

func parseFault(text string) (*plan.Fault, error) {
	if old, isOld := strings.CutPrefix(text, oldForm); isOld {
		return plan.ParseOldFault(old)
	}
	return parseOptional[plan.Fault](text)
}

func valuesText(v registry.Values) (string, error) {
	if v == nil {
		return "", nil
	}
	return jsonText(v)
}

func parseStoredValues(text string) (registry.Values, error) {
	if text == "" {
		return nil, nil
	}
	return registry.ParseValues(text)
}

const planColumns = `id, account, origin, owner, undoes, undone, query, listed, return_to, state, stop, protection, created, changed, claimed, import, to_run, accepted_tests`

// scanPlan scans the columns of a plan.
func scanPlan(scan func(dest ...any) error) (p plan.Plan, ok bool, err error) {
	var owner, query, stop, protection, info, accepted string
	var created, changed, claimed int64
	err = scan(&p.ID, &p.Account, &p.Origin, &owner, &p.Undoes, &p.Undone, &query, &p.Listed, &p.ReturnTo, &p.State, &stop, &protection, &created, &changed, &claimed, &info, &p.ToRun, &accepted)
	if errors.Is(err, sql.ErrNoRows) {
		return plan.Plan{}, false, nil
	}
	if err != nil {
		return plan.Plan{}, false, err
	}
	p.Created, p.Changed, p.Claimed = fromMicros(created), fromMicros(changed), fromMicrosOrZero(claimed)
	var errs [6]error
	p.Owner, errs[0] = parseOwner(owner)
	p.Query, errs[1] = parsePlanQuery(query)
	p.Stop, errs[2] = parseFault(stop)
	p.Protection, errs[3] = parseOptional[plan.Protection](protection)
	p.Import, errs[4] = parseOptional[plan.ImportInfo](info)
	p.AcceptedTests, errs[5] = parseAccepted(accepted)
	if err := errors.Join(errs[:]...); err != nil {
		return plan.Plan{}, false, fmt.Errorf("plan %s: %w", p.ID, err)
	}
	return p, true, nil
}

// planValues returns the columns of a plan.
func planValues(p plan.Plan) ([]any, error) {
	owner, err := jsonText(ownerRowOf(p.Owner))
	query, errQuery := queryText(p.Query)
	stop, errStop := optionalJSON(p.Stop)
	protection, errProtection := optionalJSON(p.Protection)
	info, errInfo := optionalJSON(p.Import)
	accepted, errAccepted := acceptedText(p.AcceptedTests)
	return []any{
		p.ID, string(p.Account), string(p.Origin), owner, p.Undoes, p.Undone, query, p.Listed, text(p.ReturnTo), string(p.State), stop, protection,
		micros(p.Created), micros(p.Changed), microsOrZero(p.Claimed), info, p.ToRun, accepted,
	}, errors.Join(err, errQuery, errStop, errProtection, errInfo, errAccepted)
}

// acceptedText encodes the tests that a plan may break, "" for none.
func acceptedText(tests []registry.Confirmation) (string, error) {
	if len(tests) == 0 {
		return "", nil
	}
	return jsonText(tests)
}

func parseAccepted(text string) (tests []registry.Confirmation, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &tests)
	}
	return tests, err
}

const operationColumns = `position, kind, entry_id, line, before_values, after_values, state, fault, record, created, create_key, reason, danger`

func scanOperation(scan func(dest ...any) error) (o plan.Operation, err error) {
	var before, after, fault string
	err = scan(&o.Position, &o.Kind, &o.EntryID, &o.Line, &before, &after, &o.State, &fault, &o.Record, &o.Created, &o.Key, &o.Reason, &o.Danger)
	if err != nil {
		return o, err
	}
	var errs [3]error
	o.Before, errs[0] = parseStoredValues(before)
	o.After, errs[1] = parseStoredValues(after)
	o.Fault, errs[2] = parseFault(fault)
	return o, errors.Join(errs[:]...)
}

// operationValues returns the columns of an operation.
func operationValues(o plan.Operation) ([]any, error) {
	before, err := valuesText(o.Before)
	after, errAfter := before, err
	if o.State != plan.OpUnchanged || !maps.Equal(o.Before, o.After) {
		after, errAfter = valuesText(o.After)
	}
	fault, errFault := optionalJSON(o.Fault)
	return append(make([]any, 0, 16), // with room for more
		o.Position, string(o.Kind), string(text(o.EntryID)), o.Line, before, after, string(o.State), fault, o.Record, string(text(o.Created)), text(o.Key),
		string(o.Reason), o.Danger,
	), errors.Join(err, errAfter, errFault)
}
