package entries

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/export"
	"namesake/internal/mirror"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// Export answers GET entries.EXTENSION: it streams the entries that the same query lists, on
// all its pages, or those that the query names by id.
func (s *Handlers) Export(f export.Format) echo.HandlerFunc {
	return func(c echo.Context) error { return s.export(c, f, c.QueryParams()["id"]) }
}

// ExportSelected answers POST entries.EXTENSION, a form with the ids of entries: more of them
// can be selected than an address has room for.
func (s *Handlers) ExportSelected(f export.Format) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := web.ParseForm(c); err != nil {
			return err
		}
		ids := c.Request().PostForm["id"]
		if len(ids) == 0 {
			return errNoneSelected
		}
		return s.export(c, f, ids)
	}
}

func (s *Handlers) export(c echo.Context, f export.Format, ids []string) error {
	selection, notes, err := parseSelection(c.QueryParams(), ids)
	if err != nil {
		return err
	}
	if len(notes) > 0 { // leaving a filter out would export more than was asked for
		return &web.FilterError{Notes: notes}
	}
	ctx, who := web.RequestContext(c), web.Caller(c)
	byFinding := selection.Query.ByFinding()
	if byFinding && selection.At != nil {
		return &web.FilterError{Notes: []string{"severity and rule select entries as they are now: leave them out, or leave at out."}}
	}
	if byFinding {
		known, err := s.Mirror.Known(ctx, who)
		if err != nil {
			return err
		}
		selection.Query = s.WithFindings(c, known, selection.Query)
	}
	exported, err := s.Mirror.Export(ctx, who, selection)
	if err != nil {
		return err
	}
	if err := f.Check(exported.Entries("")); err != nil {
		return err
	}
	web.SetAsOf(c, exported.AsOf)
	if web.IsRead(c) {
		sum, err := digest(exported)
		if err != nil {
			return err
		}
		if web.NotModified(c, sum) {
			return c.NoContent(http.StatusNotModified)
		}
	}
	out, err := web.NewDownload(c, f.ContentType, "namesake-entries-"+string(s.Account)+"-"+web.FileTime(s.Now())+"."+f.Extension)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead {
		return out.Begin() // nothing is handed over, so there is nothing to record
	}
	if err := s.Mirror.RecordExport(ctx, who, exported, f.Extension); err != nil {
		return err
	}
	total, tooLong := exported.Total()
	return s.End(c, out, f.Write(out, export.List{
		Account: s.Account, Entries: exported.Entries(f.Order), Total: total, TooLong: tooLong, Messages: web.LeftOutMessages(tooLong, exported.Shortened),
	}))
}

// digest returns the hash of what an export has. The version of the copy would not do: a
// restored backup counts the same versions again, with other entries.
func digest(e *mirror.Export) (sum [sha256.Size]byte, err error) {
	hash := sha256.New()
	total, tooLong := e.Total()
	fmt.Fprintln(hash, total, tooLong)
	enc := json.NewEncoder(hash)
	for entry := range e.Entries(registry.ByCreated) { // the URL has the order
		if err := enc.Encode(entry); err != nil {
			return sum, err
		}
	}
	hash.Sum(sum[:0])
	return sum, nil
}

// parseSelection reads what to export. notes say what was not understood. The error is a
// *web.BadTimeError.
func parseSelection(values url.Values, ids []string) (of mirror.Selection, notes []string, err error) {
	values = maps.Clone(values)
	delete(values, "page")
	delete(values, "per_page")
	of.Query, notes = web.ParseQuery(values)
	if values.Has("at") {
		at, err := web.RequestedTime(values, "at")
		if err != nil {
			return of, nil, err
		}
		of.At, of.Query.Grouped = &at, false // as in the list of an earlier time
	}
	for _, raw := range ids {
		id, err := registry.ParseID(raw)
		if err != nil {
			notes = append(notes, fmt.Sprintf("id can't be %q. An entry's id is a UUID or a whole number.", words.Clip(raw)))
			break // more would not help
		}
		of.IDs = append(of.IDs, id)
	}
	return of, notes, nil
}

// exportLinks are the files that the list offers.
func (s *Handlers) exportLinks(q registry.Query) []templates.ExportLink {
	q.PerPage = 0
	order := registry.Query{Order: q.Order, Direction: q.Direction, Grouped: q.Grouped}
	var links []templates.ExportLink
	for _, of := range []struct {
		format export.Format
		label  string
	}{
		{export.CSV, "CSV"}, {export.XLSX, "Excel (XLSX)"}, {export.JSON, "JSON"}, {export.Terraform, "Terraform, manual entries"}, {export.Addresses, "Addresses, without patterns"},
	} {
		to := s.EntriesURL() + "." + of.format.Extension
		links = append(links, templates.ExportLink{Label: of.label, All: to + web.QueryString(q, 1), Selected: to + web.QueryString(order, 1)})
	}
	return links
}

// errNoneSelected reports a form without an id.
var errNoneSelected = errors.New("no entry is selected")

// unreadRetry is when to try an export again while the registry is read for the first time.
const unreadRetry = 10 * time.Second

// Fail says why an export was not made.
func Fail(err error) (web.Failure, bool) {
	f := web.Failure{Status: http.StatusUnprocessableEntity, Tone: templates.Bad}
	var missing *mirror.MissingError
	var limit *export.LimitError
	switch {
	case errors.Is(err, errNoneSelected):
		f.Title, f.Text = "Not exported: no entry is selected", []string{"Select entries in the list, then export them."}
	case errors.As(err, &missing):
		f.Status, f.Title = http.StatusNotFound, "Not exported: "+words.Count(len(missing.IDs), "selected entry no longer exists", "selected entries no longer exist")
		f.Text = []string{"Reload the list, and select again."}
		for _, id := range missing.IDs[:min(len(missing.IDs), maxMissing)] {
			f.Text = append(f.Text, string(id))
		}
	case errors.As(err, &limit) && limit.Field == "":
		f.Title, f.Text = "Not exported: too many entries for XLSX", []string{"A sheet has " + strconv.Itoa(limit.Max) + " rows. Export as CSV, or filter the list first."}
	case errors.As(err, &limit):
		f.Title = "Not exported: a text is too long for XLSX"
		f.Text = []string{fmt.Sprintf("A cell holds %d characters, and the field %s of “%s” has more. Export as CSV.", limit.Max, limit.Field, words.Clip(limit.Entry.Name))}
	case errors.Is(err, mirror.ErrStillReading):
		f.Status, f.Tone, f.Wait = http.StatusServiceUnavailable, templates.Warn, unreadRetry
		f.Title, f.Text = "Not exported: the registry is still being read", []string{"Namesake does not know all entries yet. " + words.TryAgain(unreadRetry)}
	default:
		return web.Failure{}, false
	}
	return f, true
}

// maxMissing is the number of missing entries that a page names.
const maxMissing = 20
