package cfapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cloudflare/cloudflare-go/v7/email_security"
	"github.com/cloudflare/cloudflare-go/v7/option"

	"namesake/internal/registry"
)

func listBody(rows int) []byte {
	var b strings.Builder
	b.WriteString(`{"errors":[],"messages":[],"success":true,"result":[`)
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"f174e90a-fafe-4643-bbbc-4a0ed4fc%04x","name":"Ada Lovelace %d","email":"ada.lovelace%d@example.com",
			"is_email_regex":false,"comments":"Chief analyst, engine room","directory_id":null,"directory_node_id":null,
			"external_directory_node_id":null,"provenance":"A1S_INTERNAL","created_at":"2026-08-01T05:20:00.123456Z",
			"last_modified":"2026-08-01T05:20:00.123456Z","modified_at":"2026-08-01T05:20:00.123456Z"}`, i, i, i)
	}
	fmt.Fprintf(&b, `],"result_info":{"count":%d,"page":1,"per_page":%d,"total_count":40000}}`, rows, rows)
	return []byte(b.String())
}

// BenchmarkDecodeList is the reading of an answer of 50 rows, from bytes to a page.
func BenchmarkDecodeList(b *testing.B) {
	a := &answer{status: 200, header: http.Header{}, body: listBody(50)}
	q := registry.Query{PerPage: 50}
	b.SetBytes(int64(len(a.body)))
	b.ReportAllocs()
	for b.Loop() {
		got, failed := judge[wireList](listEntries, a, time.Time{})
		if failed != nil || len(page(q, got).Entries) != 50 {
			b.Fatal(failed)
		}
	}
}

const benchBody = `{"success":true,"errors":[],"messages":[],"result":{"id":"` + benchID + `",` +
	`"name":"Ada Lovelace","email":"ada@example.com","is_email_regex":false,"created_at":"2026-08-01T05:20:00.123456Z"}}`

func benchServer(b *testing.B) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(201)
		_, _ = io.WriteString(w, benchBody)
	}))
	b.Cleanup(s.Close)
	return s.URL + "/client/v4"
}

func benchClient(b *testing.B) *Client {
	c, err := New(Options{BaseURL: benchServer(b), Account: "a", Token: "t", Budget: NoBudget})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// BenchmarkCreate and BenchmarkCreateBareSDK differ by what our client adds.
func BenchmarkCreate(b *testing.B) {
	c := benchClient(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := c.CreateEntry(context.Background(), registry.Draft{Name: "Ada Lovelace", Email: "ada@example.com"}); err != nil {
			b.Fatal(err)
		}
	}
}

const benchID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"

func BenchmarkUpdate(b *testing.B) {
	c := benchClient(b)
	change := registry.Values{registry.FieldName: "Ada Lovelace", registry.FieldComments: nil}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := c.UpdateEntry(context.Background(), benchID, change); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDelete(b *testing.B) {
	c := benchClient(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.DeleteEntry(context.Background(), benchID); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPace is what a call costs that needn't wait, with a full window behind it.
func BenchmarkPace(b *testing.B) {
	now := time.Unix(0, 0)
	p := newPacer(Options{Now: func() time.Time { now = now.Add(budgetWindow / defaultBudget); return now }}.withDefaults())
	b.ReportAllocs()
	for b.Loop() {
		leave, refused := p.enter(context.Background(), createEntry)
		if refused != nil {
			b.Fatal(refused)
		}
		leave()
	}
}

func BenchmarkCreateBareSDK(b *testing.B) {
	service := email_security.NewSettingImpersonationRegistryService(option.WithBaseURL(benchServer(b)), option.WithAPIToken("t"))
	p := newParams(registry.Draft{Name: "Ada Lovelace", Email: "ada@example.com"})
	p.AccountID.Value, p.AccountID.Present = "a", true
	b.ReportAllocs()
	for b.Loop() {
		if _, err := service.New(context.Background(), p); err != nil {
			b.Fatal(err)
		}
	}
}
