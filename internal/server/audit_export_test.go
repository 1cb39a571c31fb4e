package server_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/registry"
)

func lines(page *answer) []string {
	return strings.Split(strings.TrimSuffix(page.body, "\n"), "\n")
}

var lastMember = regexp.MustCompile(`^(.*),"hash":"([0-9a-f]{64})"}$`)

// verify walks an export by the documented rule alone.
func verify(t *testing.T, lines []string, prev string) {
	t.Helper()
	for i, line := range lines {
		parts := lastMember.FindStringSubmatch(line)
		if parts == nil {
			t.Fatalf("line %d does not end in its hash: %s", i+1, line)
		}
		same(t, "hash", parts[2], audit.HashOf([]byte(parts[1]+"}")))
		var r struct {
			PrevHash string `json:"prev_hash"`
		}
		must(t, json.Unmarshal([]byte(line), &r))
		same(t, "hash of the record before", r.PrevHash, prev)
		prev = parts[2]
	}
}

func TestExportOfTheAuditTrail(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.as("editor").create(jane()).wants(http.StatusSeeOther)
	app.as("viewer").get("/audit.jsonl").wants(http.StatusForbidden).contains("h1", "Your role does not allow this")
	b := app.as("admin")
	same(t, "a button for admins", b.get("/audit").Find("a[href='/audit.jsonl']").Length(), 1)
	same(t, "a button for viewers", app.as("viewer").get("/audit").Find("a[href^='/audit.jsonl']").Length(), 0)

	head, _, err := app.store.Head(t.Context())
	must(t, err)
	res := b.get("/audit.jsonl").wants(http.StatusOK)
	same(t, "Content-Type", res.header.Get("Content-Type"), "application/x-ndjson")
	same(t, "a file name", regexp.MustCompile(`^attachment; filename="namesake-audit-\d{8}T\d{6}Z\.jsonl"$`).MatchString(res.header.Get("Content-Disposition")), true)
	got := lines(res)
	same(t, "lines, with the export's own", len(got), int(head)+1)
	verify(t, got, "")
	same(t, "the last one", strings.Contains(got[head], `"action":"audit.export"`), true)

	got = lines(b.get("/audit.jsonl?action=entry.create&outcome=intent").wants(http.StatusOK))
	same(t, "filtered", len(got), 1)
	same(t, "the intent", strings.Contains(got[0], `"outcome":"intent"`), true)
	exported := b.get("/audit/" + strings.Fields(b.get("/audit").text("#head-line"))[0]).wants(http.StatusOK)
	exported.contains("section[aria-labelledby=changes] [data-field=outcome]", "intent")
	exported.contains("#changes", "Details")
	same(t, "the button keeps the filters", b.get("/audit?outcome=intent&before=9").Find("a[href='/audit.jsonl?outcome=intent']").Length(), 1)

	none := b.get("/audit.jsonl?entry=12").wants(http.StatusOK)
	same(t, "none", none.body, "")
	same(t, "none has its type", none.header.Get("Content-Type"), "application/x-ndjson")
}

func TestExportRefusesAFilterThatItCanNotRead(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("admin")
	page := b.get("/audit.jsonl?since=yesterday&outcome=fine").wants(http.StatusBadRequest)
	page.contains("main", `since can't be "yesterday"`)
	page.contains("main", `outcome can't be "fine"`)
	head, _, err := app.store.Head(t.Context())
	must(t, err)
	same(t, "records: the sign-in", head, 1)
}

func TestHeadOfAnExportRecordsNone(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	res := app.as("admin").do(http.MethodHead, "/audit.jsonl", nil, nil).wants(http.StatusOK)
	same(t, "Content-Type", res.header.Get("Content-Type"), "application/x-ndjson")
	head, _, err := app.store.Head(t.Context())
	must(t, err)
	same(t, "records: the sign-in", head, 1)
}

// fill writes more than what lies between a narrow program and a narrow reader can hold,
// compressed or not: 2 MB of noise, in more records than are read at once.
func (a *app) fill() {
	noise := make([]byte, 2500)
	for range 600 {
		rand.Read(noise)
		comments := base64.StdEncoding.EncodeToString(noise)
		a.record(audit.Record{Action: "entry.edit", Outcome: audit.OutcomeDone, After: registry.Values{"comments": comments}})
	}
}

// narrow is how much a connection holds back, which would be megabytes; below the size
// of a segment it would crawl.
const narrow = 256 << 10

// narrow serves what the app does on connections that hold little, and gives up on an
// answer after timeout.
func (a *app) narrow(timeout time.Duration) (base string) {
	s := httptest.NewUnstartedServer(a.server.Config.Handler)
	s.Config.WriteTimeout = timeout
	s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		_ = c.(*net.TCPConn).SetWriteBuffer(narrow)
		return ctx
	}
	s.Start()
	a.t.Cleanup(s.Close)
	return s.URL
}

// stream begins an export, and returns what arrives, not yet read.
func (b *browser) stream(base, encoding string) *bufio.Reader {
	t := b.app.t
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/audit.jsonl", http.NoBody)
	must(t, err)
	req.Header.Set("Accept-Encoding", encoding)
	client := *b.client
	client.Transport = &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(narrow)
		}
		return c, err
	}}
	t.Cleanup(client.CloseIdleConnections)
	res, err := client.Do(req)
	must(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	same(t, "status", res.StatusCode, http.StatusOK)
	if encoding != "gzip" {
		return bufio.NewReader(res.Body)
	}
	same(t, "Content-Encoding", res.Header.Get("Content-Encoding"), "gzip")
	body, err := gzip.NewReader(res.Body)
	must(t, err)
	return bufio.NewReader(body)
}

// The first lines arrive before the last ones are read, and when the rest can't be
// read the transfer breaks: it must not pass for a whole export.
func TestExportStreamsAndBreaks(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"identity", "gzip"} {
		t.Run(encoding, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			b := app.as("admin")
			app.fill()
			in := b.stream(app.narrow(0), encoding)
			first, err := in.ReadString('\n')
			must(t, err)
			same(t, "the first line", strings.HasPrefix(first, `{"seq":1,`), true)
			must(t, app.store.Close()) // while the rest has not been read
			_, err = io.Copy(io.Discard, in)
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got %v, want a broken transfer", err)
			}
			same(t, "the log tells", strings.Contains(app.log.String(), "an export was cut off"), true)
		})
	}
}

// The server's time-out for a whole answer is put off while a stream flows.
func TestExportOutlastsTheTimeOut(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("admin")
	app.fill()
	const timeout = 600 * time.Millisecond
	impatient := app.narrow(timeout)
	for _, encoding := range []string{"identity", "gzip"} {
		in := b.in(t).stream(impatient, encoding)
		_, err := in.ReadString('\n')
		must(t, err)
		time.Sleep(2 * timeout) // the rest waits for the reader
		rest, err := io.ReadAll(in)
		must(t, err)
		same(t, encoding+": all of it", strings.Count(string(rest), "\n") >= 600, true)
	}
}

// The trail comes as CSV too, and no cell of it is a formula to a spreadsheet.
func TestExportAsCSV(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.record(
		audit.Record{Time: at(1), Action: "entry.edit", Outcome: audit.OutcomeIntent, Entry: entryID(1), RequestID: "REQ-1", Before: registry.Values{"name": "=1+1", "email": "old@x.example"}, After: registry.Values{"name": "Anna, \"A\"\nTwo", "email": "-x@x.example"}},
		audit.Record{Time: at(1), Action: "entry.edit", Outcome: audit.OutcomeDone, Entry: entryID(1), Intent: 1, Before: registry.Values{"name": "''=cmd"}, Errors: []registry.Problem{{Code: "7", Message: "@m"}}, Status: 200, Ray: "8f-FRA", Duration: 1500 * time.Microsecond},
	)
	b := app.as("admin")
	same(t, "a button keeps the filters", b.get("/audit?search=anna").Find("a[href='/audit.csv?search=anna']").Length(), 1)
	same(t, "a button for viewers", app.as("viewer").get("/audit").Find("a[href^='/audit.csv']").Length(), 0)
	res := b.get("/audit.csv").wants(http.StatusOK)
	same(t, "Content-Type", res.header.Get("Content-Type"), "text/csv; charset=utf-8")
	same(t, "a file name", regexp.MustCompile(`^attachment; filename="namesake-audit-\d{8}T\d{6}Z\.csv"$`).MatchString(res.header.Get("Content-Disposition")), true)
	body, marked := strings.CutPrefix(res.body, "\uFEFF")
	same(t, "a mark of the encoding", marked, true)
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	must(t, err)
	same(t, "rows: a header, two changes, two sign-ins, the export", len(rows), 6)
	of := func(row int, column string) string { return rows[row][slices.Index(rows[0], column)] }
	for _, tt := range []struct {
		row          int
		column, want string
	}{
		{1, "seq", "1"},
		{1, "time", "2026-03-01T12:00:00.000000Z"},
		{1, "action", "entry.edit"},
		{1, "outcome", "intent"},
		{1, "name", "Anna, \"A\"\nTwo"},
		{1, "email", "'-x@x.example"},
		{1, "entry_id", string(entryID(1))},
		{1, "person", "jo@example.com"},
		{1, "role", "editor"},
		{1, "request_id", "REQ-1"},
		{1, "intent", ""},
		{1, "before", `{"email":"old@x.example","name":"=1+1"}`},
		{1, "errors", ""},
		{2, "name", "'''=cmd"},
		{2, "intent", "1"},
		{2, "after", ""},
		{2, "errors", `[{"code":"7","message":"@m"}]`},
		{2, "status", "200"},
		{2, "cf_ray", "8f-FRA"},
		{2, "duration_ms", "1.5"},
		{2, "prev_hash", of(1, "hash")},
		{5, "action", "audit.export"},
		{5, "after", `{"format":"csv"}`},
	} {
		same(t, tt.column+" of row "+strconv.Itoa(tt.row), of(tt.row, tt.column), tt.want)
	}
	header, _, _ := strings.Cut(body, "\n")
	same(t, "none", strings.TrimPrefix(b.get("/audit.csv?entry=12").wants(http.StatusOK).body, "\uFEFF"), header+"\n")
	b.get("/audit.csv?since=yesterday").wants(http.StatusBadRequest)
	app.as("viewer").get("/audit.csv").wants(http.StatusForbidden)
	same(t, "of HEAD", b.do(http.MethodHead, "/audit.csv", nil, nil).wants(http.StatusOK).body, "")
}
