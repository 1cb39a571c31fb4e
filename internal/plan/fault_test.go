package plan

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"namesake/internal/change"
	"namesake/internal/patterns"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	at      = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	refusal = &registry.APIError{
		Op: "", Kind: registry.Refused, Receipt: registry.Receipt{Status: 400, Ray: "ray"},
		Problems: []registry.Problem{{Code: "11406", Message: "no", DocumentationURL: "https://developers.cloudflare.com/", Pointer: "/email", Chain: []registry.Problem{{Message: "because"}}}},
	}
	denied = &registry.APIError{Kind: registry.Denied, Receipt: registry.Receipt{Status: 403}, Denial: registry.DenialAddress, Address: "203.0.113.7", Sporadic: true, RetryAfter: 5 * time.Second}
	cause  = &registry.APIError{Op: string(rbac.EditEntry), Kind: registry.TimedOut}
	jane   = registry.Entry{ID: "1", Name: "Jane", Email: "j@example.com", Provenance: registry.GoogleDirectory}
)

// Each error has a stored form, from which it is restored.
func TestFaults(t *testing.T) {
	tests := []struct {
		err   error
		state OperationState
		again error // the restored error, nil if it is the same
	}{
		{refusal, OpRefused, nil},
		{denied, OpFailed, nil},
		{&change.UnsettledError{Action: rbac.EditEntry, Intent: 7, Cause: cause, SentAt: at, LookedAt: at, SafeAt: at, Happened: true}, OpUnknown, nil},
		{&change.UnsettledError{Action: rbac.CreateEntry, NotDone: true}, OpFailed, nil},
		{fmt.Errorf("entry 1: %w", registry.ErrNotFound), OpRefused, registry.ErrNotFound},
		{&change.SyncedError{Entry: jane}, OpRefused, nil},
		{&change.ConflictError{Action: rbac.EditEntry, Now: jane}, OpSkipped, nil},
		{&registry.DuplicateError{Duplicates: []registry.Entry{jane}, Exact: true}, OpUnchanged, &DuplicateError{jane}},
		{&rbac.ForbiddenError{Actor: rbac.Actor{Role: rbac.Viewer}, Action: rbac.EditEntry}, OpRefused, nil},
		{&registry.InvalidError{Fields: []registry.FieldError{{Field: "name", Rule: "max", Param: "1024"}}}, OpRefused, nil},
		{&change.InDoubtError{Action: rbac.CreateEntry, Intents: []int64{3, 4}, SentAt: at, SafeAt: at, Mine: true}, OpFailed, nil},
		{&change.InDoubtError{Action: rbac.EditEntry, Intents: []int64{3}, Actor: rbac.Actor{Email: "e@example.com"}}, OpFailed, nil},
		{&change.EntryBusyError{}, OpFailed, nil},
		{&TooManyError{10}, OpFailed, nil},
		{&LongEntriesError{Entries: 2}, OpFailed, nil},
		{&RepeatedError{Position: 3, Line: 7}, OpSkipped, nil},
		{&WithdrawnError{rbac.DeleteEntry, rbac.Standing{Role: rbac.Viewer}}, OpRefused, nil},
		{&WithdrawnError{rbac.RunPlan, rbac.Standing{Ended: true}}, OpRefused, nil},
		{&WithdrawnError{rbac.RunPlan, rbac.Standing{Unknown: true}}, OpRefused, nil},
		{&change.PanicError{Value: "a bug", Stack: []byte("trace")}, OpFailed, &change.PanicError{}},
		{&patterns.BusyError{Own: true}, OpWaiting, &patterns.BusyError{}},
		{&change.KeyUsedError{Created: "7"}, OpRefused, nil},
		{&RowError{3, RowFault{What: "quote", Field: "name", Column: 5, Byte: 44}}, OpSkipped, nil},
		{&LeftOutError{"guest", []Reason{"disabled"}}, OpSkipped, nil},
		{errors.New("whatever"), OpFailed, ErrLogged},
	}
	var lines []string
	for _, tt := range tests {
		fault, state := FaultOf(tt.err)
		if state != tt.state {
			t.Errorf("%v: state %s, want %s", tt.err, state, tt.state)
		}
		text, err := json.Marshal(fault)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(text))
		var read *Fault
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		want := tt.err
		if tt.again != nil {
			want = tt.again
		}
		if got := read.Err(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, want %#v", text, got, want)
		}
	}
	golden(t, "faults.jsonl", strings.Join(lines, "\n"))
}

// Every kind of a failed call and every reason of a denial has a stored name.
func TestStoredNames(t *testing.T) {
	for kind := registry.Kind(0); !strings.HasPrefix(kind.String(), "kind "); kind++ {
		fault, _ := FaultOf(&registry.APIError{Kind: kind})
		if got := fault.call(); got.Kind != kind {
			t.Errorf("kind %s is read as %s", kind, got.Kind)
		}
	}
	for denial := registry.DenialUnsaid; denial <= registry.DenialRights; denial++ {
		fault, _ := FaultOf(&registry.APIError{Kind: registry.Denied, Denial: denial})
		if got := fault.call(); got.Denial != denial {
			t.Errorf("denial %d is read as %d", denial, got.Denial)
		}
	}
}

// Faults stored before there were plans can still be read.
func TestOldFaults(t *testing.T) {
	for text, want := range map[string]error{
		`{"what":"api","status":400,"ray":"ray","problems":[{"Code":"11406","Message":"no","DocumentationURL":"https://developers.cloudflare.com/","Pointer":"/email","Chain":[{"Code":"","Message":"because","DocumentationURL":"","Pointer":"","Chain":null}]}]}`: refusal,
		`{"what":"api","kind":3,"status":403,"retry_after":5000000000,"denial":1,"address":"203.0.113.7","sporadic":true}`:                                                                                                                                          denied,
		`{"what":"missing"}`: registry.ErrNotFound,
		`{"what":"unsettled","action":"entry.delete","sent_at":"2026-01-02T03:04:05Z","intents":[7]}`:                                                            &change.UnsettledError{Action: rbac.DeleteEntry, Intent: 7, SentAt: at},
		`{"what":"synced","entry":{"ID":"1","Name":"Jane","Email":"j@example.com","IsEmailRegex":false,"Comments":null,"Provenance":"SNOOPY-GOOGLE_DIRECTORY"}}`: &change.SyncedError{Entry: jane},
		`{"what":"too_many","limit":10000}`: &TooManyError{10000},
	} {
		fault, err := ParseOldFault(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := fault.Err(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, want %#v", text, got, want)
		}
	}
	if fault, err := ParseOldFault("null"); fault != nil || err != nil {
		t.Errorf("none: %v, %v", fault, err)
	}
}

func TestStoredProtection(t *testing.T) {
	text, err := json.Marshal(Protection{
		AsOf: at, Fault: &Fault{What: faultOther}, Partial: true, More: 3,
		Names: []NameChange{{Name: "Jane", Before: Senders{2, 1}, After: Senders{1, 1}, Added: 1, Removed: 2, Email: "j@example.com"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "protection.json", string(text))
}

// golden compares text with a file in testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text+"\n" != string(want) {
		t.Errorf("%s is\n%s\nwant\n%s", name, text, want)
	}
}
