package web

import (
	"encoding/json"
	"errors"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/change"
	"namesake/internal/export"
	"namesake/internal/quote"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// WantsJSON reports whether the client asks for JSON rather than a page: by its header
// Accept, and otherwise by a path that ends in .json.
func WantsJSON(c echo.Context) bool {
	for part := range strings.SplitSeq(c.Request().Header.Get(echo.HeaderAccept), ",") {
		switch kind, _, _ := mime.ParseMediaType(part); kind { // an unreadable part asks for nothing
		case echo.MIMEApplicationJSON:
			return true
		case echo.MIMETextHTML:
			return false
		}
	}
	return strings.HasSuffix(c.Request().URL.Path, ".json")
}

// PlainJSON writes JSON as it is, without making it safe to stand in a page: the
// line of an audit record has to keep the bytes that its hash was made of.
type PlainJSON struct{ echo.DefaultJSONSerializer }

// Serialize writes v as JSON.
func (PlainJSON) Serialize(c echo.Context, v any, indent string) error {
	enc := json.NewEncoder(&split{to: c.Response()})
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	return enc.Encode(v)
}

// Envelope is an answer in the API's own shape.
type Envelope struct {
	Success    bool          `json:"success"`
	Errors     []ProblemJSON `json:"errors"`
	Messages   []ProblemJSON `json:"messages"`
	Result     any           `json:"result"`
	ResultInfo *ResultInfo   `json:"result_info,omitempty"`
}

// ResultInfo says which page of a list an answer has.
type ResultInfo struct {
	Count      int  `json:"count"`
	Page       int  `json:"page"`
	PerPage    int  `json:"per_page"`
	TotalCount *int `json:"total_count,omitempty"`
}

// ProblemJSON is an error or a message in the shape of the API.
type ProblemJSON struct {
	Code             any           `json:"code,omitempty"`
	Message          string        `json:"message"`
	DocumentationURL string        `json:"documentation_url,omitempty"`
	Source           *sourceJSON   `json:"source,omitempty"`
	ErrorChain       []ProblemJSON `json:"error_chain,omitempty"`

	// Ours, about values that were not sent.
	Kind       string          `json:"kind,omitempty"`       // of a warning
	Confirm    string          `json:"confirm,omitempty"`    // what the field confirmed has to have to go on
	Suggestion registry.Values `json:"suggestion,omitempty"` // what to send instead, by field
}

type sourceJSON struct {
	Pointer string `json:"pointer"`
}

// ToEntryJSON has the members of the API in the order of its schema: see export.EntryJSON.
func ToEntryJSON(e registry.Entry) quote.Object { return export.EntryJSON(e) }

// ToProblemsJSON returns problems in the shape of the API.
func ToProblemsJSON(problems []registry.Problem) []ProblemJSON {
	out := make([]ProblemJSON, len(problems))
	for i, p := range problems {
		out[i] = ProblemJSON{Message: p.Message, DocumentationURL: p.DocumentationURL}
		if n, err := strconv.Atoi(p.Code); err == nil {
			out[i].Code = n
		} else if p.Code != "" {
			out[i].Code = p.Code
		}
		if p.Pointer != "" {
			out[i].Source = &sourceJSON{p.Pointer}
		}
		if len(p.Chain) > 0 {
			out[i].ErrorChain = ToProblemsJSON(p.Chain)
		}
	}
	return out
}

// EntryEnvelope is the answer with one entry.
func EntryEnvelope(e registry.Entry, r registry.Receipt) Envelope {
	return Envelope{Success: true, Errors: []ProblemJSON{}, Messages: ToProblemsJSON(r.Messages), Result: ToEntryJSON(e)}
}

// CreatedEnvelope answers a create. When the same form had created the entry
// before, only its id is known here; the Location leads to the rest.
func CreatedEnvelope(created change.Created) Envelope {
	if created.Result != change.AlreadyDone {
		return EntryEnvelope(created.Entry, created.Receipt)
	}
	return Envelope{Success: true, Errors: []ProblemJSON{}, Messages: []ProblemJSON{}, Result: map[string]registry.ID{"id": created.Entry.ID}}
}

// ListEnvelope is the answer with a page of entries.
func ListEnvelope(p registry.Page) Envelope {
	entries := make([]quote.Object, len(p.Entries))
	for i, e := range p.Entries {
		entries[i] = ToEntryJSON(e)
	}
	info := &ResultInfo{Count: len(entries), Page: p.Number, PerPage: p.PerPage}
	if p.Total >= 0 {
		info.TotalCount = &p.Total
	}
	shortened := slices.ContainsFunc(p.Entries, func(e registry.Entry) bool { return e.Shortened })
	messages := append(ToProblemsJSON(p.Receipt.Messages), LeftOutMessages(p.TooLong, shortened)...)
	return Envelope{Success: true, Errors: []ProblemJSON{}, Messages: messages, Result: entries, ResultInfo: info}
}

// LeftOutMessages tell what a list lacks: entries that are too long, and parts of long texts.
func LeftOutMessages(tooLong int, shortened bool) []ProblemJSON {
	messages := []ProblemJSON{}
	if tooLong > 0 {
		messages = append(messages, ProblemJSON{Code: codeLeftOut, Message: TooLongText(tooLong)})
	}
	if shortened {
		messages = append(messages, ProblemJSON{Code: codeLeftOut, Message: "Texts of more than 16 KB are cut here, after which comes an ellipsis. Ask for an entry by itself to get all of them."})
	}
	return messages
}

// InvalidJSON says what is wrong with a field.
func InvalidJSON(field, text string) ProblemJSON {
	return ProblemJSON{Code: codeInvalid, Message: text, Source: &sourceJSON{"/" + field}}
}

// Codes of errors that are Namesake's own and not the API's.
const (
	CodeFailed    = 99900   // see the message
	codeLeftOut   = 99904   // a message: the list is not complete
	codeInvalid   = 99901   // a value breaks a rule that Namesake checks before it sends anything
	codeDuplicate = "99902" // the address is in the registry already
	codeWarning   = "99903" // something else to confirm
)

// failureEnvelope answers an error: the API's problems as they came, or our own
// with pointers of the same form.
func failureEnvelope(f Failure, err error) Envelope {
	e := Envelope{Errors: ToProblemsJSON(f.Problems), Messages: []ProblemJSON{}}
	ours := ProblemJSON{Code: CodeFailed, Message: strings.Join(append([]string{f.Title + "."}, f.Text...), " ")}
	var invalid *registry.InvalidError
	var stop *registry.StopError
	var inDoubt *change.InDoubtError
	switch {
	case errors.As(err, &invalid):
		for _, field := range invalid.Fields {
			e.Errors = append(e.Errors, ProblemJSON{
				Code: codeInvalid, Message: strings.Join(InvalidTexts(field, err), " "), Source: &sourceJSON{"/" + field.Field},
			})
		}
	case errors.As(err, &stop):
		for i, w := range stop.Warnings {
			of := &e.Errors[len(e.Errors)-len(stop.Warnings)+i]
			of.Kind, of.Confirm = w.Kind, w.ID
		}
		ours.Message += " " + programConfirms(stop)
		e.Messages = append(e.Messages, ours)
	case errors.As(err, &inDoubt) && inDoubt.Action == rbac.CreateEntry:
		ours.Message += " A program that wants a second one confirms with the field " + FieldConfirmed + "=" + BesideDoubts(inDoubt.Intents) + "."
		e.Errors = append(e.Errors, ours)
	case len(f.Problems) > 0:
		e.Messages = append(e.Messages, ours)
	default:
		e.Errors = append(e.Errors, ours)
	}
	suggest(e.Errors, err)
	return e
}

// suggest puts what to send instead to the first problem of each field.
func suggest(problems []ProblemJSON, err error) {
	var more *advisedError
	if !errors.As(err, &more) {
		return
	}
	for _, fix := range more.fixes {
		for i, p := range problems {
			if p.Source != nil && p.Source.Pointer == "/"+fix.Field {
				problems[i].Suggestion = fix.Values
				break
			}
		}
	}
}
