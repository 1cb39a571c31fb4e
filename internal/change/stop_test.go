package change_test

import (
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// A record with confirmations has one more member. A record without them keeps its earlier
// form.
func TestWhatWasConfirmedIsInTheChain(t *testing.T) {
	plain := audit.Record{Time: time.Unix(1, 0), Action: rbac.CreateEntry, Outcome: audit.OutcomeIntent, After: registry.Values{"name": "Jane"}}
	confirmed := plain
	confirmed.Confirmed = []registry.Confirmation{
		{Kind: registry.KindDuplicate, Field: "email", Entry: "5"},
		{Kind: "shared-sender", Field: "email", Detail: "Google Drive"},
	}
	for _, tt := range []struct {
		record audit.Record
		end    string
	}{
		{plain, `"duration_ms":0,"prev_hash":"ab"}`},
		{confirmed, `"duration_ms":0,"confirmed":[{"kind":"twin","field":"email","entry_id":"5"},{"kind":"shared-sender","field":"email","detail":"Google Drive"}],"prev_hash":"ab"}`},
	} {
		sealed, line, err := tt.record.Seal(7, "ab")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(string(line), tt.end) {
			t.Errorf("the line is %s, want %s at its end", line, tt.end)
		}
		read, err := audit.ParseRecord(audit.AppendLine(nil, line, sealed.Hash))
		if err != nil {
			t.Fatal(err)
		}
		if again, _, err := read.Seal(read.Seq, read.PrevHash); err != nil || again.Hash != sealed.Hash || read.Hash != sealed.Hash {
			t.Errorf("read again its hash is %s, want %s (%v)", again.Hash, sealed.Hash, err)
		}
	}
}
