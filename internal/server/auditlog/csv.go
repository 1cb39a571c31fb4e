package auditlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/labstack/echo/v4"

	"namesake/internal/audit"
	"namesake/internal/cellguard"
	"namesake/internal/registry"
)

// ExportCSV answers GET /audit.csv: it streams the records as CSV, for spreadsheets.
func (s *Handlers) ExportCSV(c echo.Context) error {
	header, err := csvLine(csvColumns)
	if err != nil {
		return err
	}
	header = append([]byte(cellguard.Mark), append(header, '\n')...)
	return s.export(c, format{extension: "csv", contentType: "text/csv; charset=utf-8", header: header, line: toCSV})
}

var csvColumns = []string{
	"seq", "time", "action", "outcome", "name", "email", "entry_id", "person", "role", "issuer", "subject", "auth", "address", "account_id",
	"request_id", "intent", "before", "after", "errors", "messages", "status", "cf_ray", "duration_ms", "prev_hash", "hash",
}

// members are the parts of a line that stay JSON in a cell.
type members struct {
	Before, After, Errors, Messages json.RawMessage
}

// toCSV makes a line of CSV of a line of the trail.
func toCSV(line []byte) ([]byte, error) {
	r, err := audit.ParseRecord(line)
	if err != nil {
		return nil, err
	}
	var of members
	if err := json.Unmarshal(line, &of); err != nil {
		return nil, err
	}
	name, email := "", ""
	for _, side := range []registry.Values{r.Before, r.After} { // the newer value wins
		if v, ok := side[registry.FieldName].(string); ok {
			name = v
		}
		if v, ok := side[registry.FieldEmail].(string); ok {
			email = v
		}
	}
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	return csvLine([]string{
		number(r.Seq), r.Time.Format("2006-01-02T15:04:05.000000Z"), string(r.Action), string(r.Outcome), name, email, string(r.Entry),
		r.Actor.Contact(), r.Actor.Role.String(), r.Actor.Issuer, r.Actor.Subject, r.Actor.Auth, r.Address, string(r.Account),
		r.RequestID, number(r.Intent), cell(of.Before), cell(of.After), cell(of.Errors), cell(of.Messages), number(int64(r.Status)), r.Ray,
		strconv.FormatFloat(float64(r.Duration.Microseconds())/1000, 'f', -1, 64), r.PrevHash, r.Hash,
	})
}

// cell is a member of a line, "" when it is empty.
func cell(member json.RawMessage) string {
	switch s := string(member); s {
	case "null", "[]", "{}":
		return ""
	default:
		return s
	}
}

// csvLine writes a line of CSV, without its end.
func csvLine(cells []string) ([]byte, error) {
	var buf bytes.Buffer
	w := cellguard.NewWriter(&buf)
	err := errors.Join(w.Write(cells), w.Flush())
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}
